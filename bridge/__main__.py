"""``python -m bridge`` runs the door."""

import sys

from bridge.server import main

__all__: list[str] = []

sys.exit(main())
