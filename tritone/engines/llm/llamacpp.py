"""llama.cpp in this process, through xllamacpp: continuous batching over the slots of one engine.

Every request runs in its caller's thread, which waits without the GIL while llama.cpp's own loop
decodes all busy slots together; a callback brings each token. Answering True from the callback
frees the slot before the next decoding step, which is how a cancel stops within a token or two.
Engine: https://github.com/xorbitsai/xllamacpp, https://github.com/ggml-org/llama.cpp (MIT)
"""

import functools
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tritone.cancellation import Cancellation
from tritone.contract import LlmRequest, LlmResponse
from tritone.engines.llm import LanguageModel, Statistics
from tritone.engines.llm.answer import Answer
from tritone.engines.llm.chunks import Chunks
from tritone.engines.llm.history import answered
from tritone.engines.llm.prompts import conversation, response_grammar, sampling, text
from tritone.engines.llm.schemas import Marked
from tritone.engines.llm.slots import Slots, told
from tritone.engines.llm.tools import toolbox
from tritone.engines.llm.toolturn import Take, ToolTurn, passing
from tritone.errors import InvalidInput, InvalidSchema, SetupError

__all__ = ["LlamaCpp"]

BATCH_TOKENS: Final = 64
"""Prompt tokens a decoding step takes at most. Between steps other slots get their token and a
cancel is seen, so this bounds how long a long prompt stalls its neighbours. Measured on two
cores: 64 keeps 0.93 of the prompt throughput of 512, 32 keeps 0.84."""

CACHE_MIB: Final = 1024
"""Memory for the prompts of conversations that lost their slot to another one."""


def _library() -> Any:
    """The xllamacpp module. Its wheel does not carry the OpenMP library that it needs."""
    try:
        import xllamacpp
    except ImportError as error:
        raise SetupError(
            f"llama.cpp cannot be loaded ({error}): pip install 'tritone[llm]', and libgomp from "
            "your distribution (Debian: apt-get install libgomp1)"
        ) from error
    return xllamacpp


class LlamaCpp(LanguageModel):
    """One GGUF model.

    Args:
        weights: folder with one ``.gguf`` file.
        slots: conversations decoded together; more wait in the engine's queue.
        context: tokens one conversation may hold, prompt and answer.
        threads: CPU threads of the decoding loop.
        gpu_layers: layers offloaded to a GPU, where the build has one.

    Raises:
        SetupError: the folder does not hold exactly one model, or it cannot be loaded.
    """

    def __init__(
        self,
        weights: Path,
        *,
        slots: int = 8,
        context: int = 4096,
        threads: int = 2,
        gpu_layers: int = 0,
    ) -> None:
        models = sorted(weights.glob("*.gguf"))
        if len(models) != 1:
            raise SetupError(f"{weights} holds {len(models)} .gguf files, expected one")
        xllamacpp = _library()
        params = xllamacpp.CommonParams()
        params.model.path = str(models[0])
        params.n_parallel = slots
        params.n_ctx = slots * context
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.n_gpu_layers = gpu_layers
        params.cache_ram_mib = CACHE_MIB
        # Otherwise every request copies what rests in all other slots.
        params.cache_idle_slots = False
        params.use_jinja = True
        params.endpoint_metrics = True
        params.verbosity = -1
        # The engine opens an HTTP port of its own on loopback; nobody is meant to use it.
        params.api_keys = [secrets.token_hex(32)]
        self.context = context
        self._slots = Slots(slots)
        try:
            self._server: Any = xllamacpp.Server(params)
        except Exception as error:
            raise SetupError(f"llama.cpp cannot load {models[0].name}: {error}") from error

    def generate(
        self,
        request: LlmRequest,
        emit: Callable[[LlmResponse], None],
        cancellation: Cancellation,
    ) -> None:
        """See `LanguageModel.generate`."""
        body = sampling(request, self.context)
        answer = Answer(emit, stream=request.stream)
        run = functools.partial(self._run, cancellation)
        if not request.apply_chat_template:
            body["prompt"] = text(request, self.context)
            ended = run(self._server.handle_completions, body, passing(answer.text))
            answer.finish(ended.finish_reason, ended)
            return
        body["messages"] = conversation(request, self.context)
        chat = functools.partial(run, self._server.handle_chat_completions)
        tools, made = toolbox(request), answered(body["messages"])
        constraint = response_grammar(request)
        if tools is not None or (made and constraint is None):
            ToolTurn(tools, made, body, constraint, chat, answer).take()
            return
        take: Take = passing(answer.text)
        if constraint is not None:
            body["grammar"], schema = constraint
            take = Marked(take, InvalidSchema, "the JSON schema", schema)
        ended = chat(body, take)
        answer.finish(ended.finish_reason, ended)

    def _run(
        self, cancellation: Cancellation, handler: Any, body: dict[str, Any], take: Take
    ) -> Chunks:
        """One generation; `take` gets each text and may stop it."""
        chunks = Chunks()
        failures: list[Exception] = []

        def on_chunk(chunk: bytes) -> bool:
            """Takes one chunk; True stops the request."""
            if cancellation.cancelled:
                return True
            try:
                piece = chunks.read(chunk)
                slot.text += piece
                return bool(piece) and take(piece)
            except Exception as error:  # noqa: BLE001 - must not cross the C++ frames; raised below
                failures.append(error)
                return True

        try:
            with self._slots.taken(told(body), cancellation) as slot:
                handler(json.dumps({**body, "id_slot": slot.number}).encode(), on_chunk)
        except RecursionError:
            raise InvalidInput("the request's JSON is nested too deeply") from None
        except RuntimeError as error:
            if not str(error).startswith("Failed to parse"):
                raise
            raise InvalidInput(f"the model refuses the request: {error}") from None
        except ValueError as error:  # llama.cpp refuses a body or a template cannot render it
            raise InvalidInput(f"the model refuses the request: {error}") from None
        for failure in failures:
            raise failure
        cancellation.check()
        return chunks

    def statistics(self) -> Statistics:
        """See `LanguageModel.statistics`; parsed from llama.cpp's Prometheus text."""
        values: dict[str, float] = {}
        text = self._server.handle_metrics()
        for line in (text.decode() if isinstance(text, bytes) else text).splitlines():
            if line.startswith("llamacpp:"):
                name, value = line.removeprefix("llamacpp:").split(" ", 1)
                values[name] = float(value)
        return Statistics(
            generated_tokens=int(values["tokens_predicted_total"]),
            prompt_tokens=int(values["prompt_tokens_total"]),
            decode_steps=int(values["n_decode_total"]),
            running=int(values["requests_processing"]),
            waiting=int(values["requests_deferred"]) + self._slots.waiting,
            busy_slots_per_step=values["n_busy_slots_per_decode"],
        )

    def close(self) -> None:
        """See `LanguageModel.close`."""
        self._server = None
