"""``python -m edge`` runs the door; `tritone edge` does the same."""

import sys

from edge.server import main

__all__: list[str] = []

sys.exit(main())
