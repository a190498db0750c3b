"""``python -m bridge.rpc`` runs the door; with ``--self-test`` it only looks at its connections."""

import sys

from bridge.rpc.server import main

__all__: list[str] = []

sys.exit(main(sys.argv[1:]))
