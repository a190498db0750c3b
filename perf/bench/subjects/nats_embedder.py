"""Embeddings over NATS and the bridge, one text a job."""

import asyncio
import time
import uuid
from collections.abc import Mapping
from typing import Any

from perf.bench.subjects.base import Answer, Item, Options
from perf.bench.subjects.behind import pids
from perf.bench.subjects.nats_answers import ANSWER_SECONDS, Answers
from tritone.errors import from_wire
from tritone.nats import subjects
from tritone.nats.wire import Job, JobAnswer, unpack

__all__ = ["NatsEmbedder"]


class NatsEmbedder:
    """Publishes jobs, and waits for their results."""

    async def open(self, options: Options) -> Mapping[str, Any]:
        self._answers = Answers([subjects.pipeline_answer("embedding", "*")])
        await self._answers.open(options.nats)
        await self.one(Item(kind="passage", text="Ready."))
        return {"pids": pids(options, "nats", "bridge", "triton")}

    async def one(self, item: Item) -> Answer:
        job = Job(request_id=str(uuid.uuid4()), payload={"texts": [item.text]})
        began = time.perf_counter()
        inbox = await self._answers.ask(subjects.pipeline_request("embedding"), job)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = unpack(JobAnswer, (await inbox.get()).data)
        finally:
            self._answers.forget(job.request_id)
        last = time.perf_counter() - began
        if answer.error is not None:
            raise from_wire(f"{answer.error.code}: {answer.error.message}")
        return Answer(last=last)

    async def close(self) -> None:
        await self._answers.close()
