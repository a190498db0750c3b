"""What must be before any test module is loaded."""

from tritone.house import tls_floor

# gRPC reads its variables when it is imported, and one module or another does that.
tls_floor.lay()
