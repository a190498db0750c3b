"""Text to speech by piper, a batch one text after another, as our own engine does."""

import asyncio
import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from perf.bench.peers.ray_app.batching import batched, onnx_session

__all__ = ["Tts"]


class Tts:
    """Text to speech."""

    def __init__(self, options: dict[str, Any]) -> None:
        from piper import PiperVoice, SynthesisConfig
        from piper.config import PiperConfig

        (path,) = Path(options["weights"]).glob("*.onnx")
        config = json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))
        session = onnx_session(str(path), options["threads"])
        self._voice = PiperVoice(session=session, config=PiperConfig.from_dict(config))
        self._style = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
        self.rate = int(config["audio"]["sample_rate"])
        self._spoken(["Ready to speak."])

    @batched(8, 0.0)
    async def speak(self, texts: list[str]) -> list[bytes]:
        """The speech of sentences."""
        return await asyncio.to_thread(self._spoken, texts)

    def _spoken(self, texts: list[str]) -> list[bytes]:
        return [
            b"".join(piece.audio_int16_bytes for piece in self._voice.synthesize(text, self._style))
            for text in texts
        ]

    async def __call__(self, request: Request) -> Response:
        audio = await self.speak((await request.body()).decode())
        return Response(
            audio,
            media_type="application/octet-stream",
            headers={"x-sample-rate": str(self.rate)},
        )
