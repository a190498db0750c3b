"""Finds where speech starts and ends in a 16 kHz WAV file, chunk by chunk, as a microphone would.

python vad_stream.py question.wav --chunk 20
"""

import argparse
import json
import secrets
import sys
import wave

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException


def read_wav(path: str) -> np.ndarray:
    """Samples in [-1, 1] of a mono, 16 kHz WAV file of 16 bits."""
    try:
        with wave.open(path, "rb") as recording:
            form = recording.getparams()
            data = recording.readframes(form.nframes)
    except (EOFError, wave.Error) as error:
        raise ValueError(f"{path} is not a WAV file: {str(error) or 'it is empty'}") from None
    if (form.nchannels, form.sampwidth, form.framerate) != (1, 2, 16_000):
        raise ValueError(f"{path} is not mono, 16 bits, 16 kHz")
    return np.frombuffer(data, "<i2").astype(np.float32) / 32768


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wav")
    parser.add_argument("--chunk", type=int, default=20, help="milliseconds sent at a time")
    parser.add_argument("--server", default="127.0.0.1:8001", help="host:port of Triton's gRPC")
    arguments = parser.parse_args()

    audio = read_wav(arguments.wav)
    size = 16 * arguments.chunk
    stream = secrets.randbits(63) or 1  # tells this stream from all others; never 0
    with triton.InferenceServerClient(arguments.server) as client:
        for start in range(0, len(audio), size):
            chunk = audio[None, start : start + size]  # [1, samples]
            tensor = triton.InferInput("audio", list(chunk.shape), "FP32")
            tensor.set_data_from_numpy(chunk)
            result = client.infer(
                "vad",
                [tensor],
                sequence_id=stream,
                sequence_start=start == 0,
                sequence_end=start + size >= len(audio),
                client_timeout=10,
            )
            for event in json.loads(result.as_numpy("events").item()):
                print(f"{event['type']:5} {event['at']:.3f}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (InferenceServerException, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
