"""Asks by voice over NATS and writes the spoken answer, with Tritone's own client.

python nats_voice.py question.wav -o reply.wav
"""

import argparse
import asyncio
import contextlib
import sys
import wave
from pathlib import Path

from tritone.errors import TritoneError
from tritone.nats.client import NatsClient


async def ask(server: str, recording: bytes, output: str) -> None:
    audio, rate = b"", 0
    async with (
        NatsClient(server) as client,
        contextlib.aclosing(client.voice(recording, user_id="u1")) as turn,
    ):
        async for chunk in turn:
            if chunk.type == "restart":  # what was heard until now is void
                audio = b""
                print("\n[once more]")
            if chunk.transcript:
                print(f"> {chunk.transcript}")
            print(chunk.content, end="", flush=True)
            audio += chunk.audio
            rate = chunk.sample_rate or rate
    print()
    with wave.open(output, "wb") as reply:
        reply.setnchannels(1)
        reply.setsampwidth(2)
        reply.setframerate(rate)
        reply.writeframes(audio)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording")
    parser.add_argument("-o", "--output", default="reply.wav")
    parser.add_argument("--server", default="nats://127.0.0.1:4222")
    arguments = parser.parse_args()
    recording = Path(arguments.recording).read_bytes()
    asyncio.run(ask(arguments.server, recording, arguments.output))


if __name__ == "__main__":
    try:
        main()
    except (TritoneError, OSError, wave.Error) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
