"""``python -m bridge.gateway`` runs the gateway."""

import sys

from bridge.gateway.server import main

__all__: list[str] = []

sys.exit(main())
