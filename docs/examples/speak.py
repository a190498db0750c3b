"""Speaks a sentence into a WAV file and prints when each mouth shape is seen.

python speak.py "The kettle is ready." -o kettle.wav
"""

import argparse
import json
import sys
import wave

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException


def tensor(name: str, datatype: str, value: object) -> triton.InferInput:
    """One value as a tensor of a batch of one: shape [1, 1]."""
    array = np.array([[value]], np.object_ if datatype == "BYTES" else np.float32)
    made = triton.InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text")
    parser.add_argument("-o", "--output", default="speech.wav")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--server", default="127.0.0.1:8001", help="host:port of Triton's gRPC")
    arguments = parser.parse_args()

    inputs = [
        tensor("text", "BYTES", arguments.text.encode()),
        tensor("speed", "FP32", arguments.speed),
    ]
    with triton.InferenceServerClient(arguments.server) as client:
        result = client.infer("tts", inputs, client_timeout=30)
    with wave.open(arguments.output, "wb") as speech:
        speech.setnchannels(1)
        speech.setsampwidth(2)
        speech.setframerate(int(result.as_numpy("sample_rate").item()))
        speech.writeframes(result.as_numpy("audio").tobytes())
    for timing in json.loads(result.as_numpy("timings").item()):
        print(f"{timing['start']:6.3f} {timing['end']:6.3f}  {timing['viseme']}")


if __name__ == "__main__":
    try:
        main()
    except (InferenceServerException, OSError) as error:
        sys.exit(f"error: {error}")
