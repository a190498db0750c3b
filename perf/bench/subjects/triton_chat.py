"""The `chat` ensemble over Triton's gRPC: what doors call, without a door.

Each prompt is new to the engine (`prompts.unseen`), since a door asks the same one.
"""

from perf.bench.subjects.base import Answer, Item
from perf.bench.subjects.prompts import asked, unseen
from perf.bench.subjects.triton_llm import TritonLlm
from tritone.contract import CHAT

__all__ = ["TritonChat"]


class TritonChat(TritonLlm):
    """As `TritonLlm`, of the other model."""

    model = CHAT

    async def one(self, item: Item) -> Answer:
        return await self._written(asked(item, unseen(item.text)))
