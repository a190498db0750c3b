"""The shell that every Triton Python model of ours is made with; runs inside Triton's stub."""

from tritone.backend.batched import Batched, Sequenced, Step
from tritone.backend.metrics import publish
from tritone.backend.options import Options
from tritone.backend.peers import Peers
from tritone.backend.streaming import Call, Streaming

__all__ = ["Batched", "Call", "Options", "Peers", "Sequenced", "Step", "Streaming", "publish"]
