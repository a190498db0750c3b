"""Writes down what is said in a WAV file, with the time of every word.

python transcribe.py question.wav
"""

import argparse
import json
import sys
import wave

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException


def read_wav(path: str) -> tuple[np.ndarray, int]:
    """Mono samples in [-1, 1] and their rate, from a WAV file of 16 bits."""
    try:
        with wave.open(path, "rb") as recording:
            form = recording.getparams()
            data = recording.readframes(form.nframes)
    except (EOFError, wave.Error) as error:
        raise ValueError(f"{path} is not a WAV file: {str(error) or 'it is empty'}") from None
    if form.sampwidth != 2:
        raise ValueError(f"{path} has samples of {8 * form.sampwidth} bits, expected 16")
    mono = np.frombuffer(data, "<i2").reshape(-1, form.nchannels).mean(axis=1)
    return (mono / 32768).astype(np.float32), form.framerate


def tensor(name: str, datatype: str, row: np.ndarray) -> triton.InferInput:
    """A tensor of a batch of one: the batch axis comes first."""
    made = triton.InferInput(name, [1, *row.shape], datatype)
    made.set_data_from_numpy(row[None])
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wav")
    parser.add_argument("--language", default="", help="ISO 639-1 code; detected when left out")
    parser.add_argument("--server", default="127.0.0.1:8001", help="host:port of Triton's gRPC")
    arguments = parser.parse_args()

    audio, rate = read_wav(arguments.wav)
    inputs = [
        tensor("audio", "FP32", audio),
        tensor("sample_rate", "INT32", np.array([rate], np.int32)),
        tensor("language", "BYTES", np.array([arguments.language.encode()], np.object_)),
        tensor("word_timestamps", "BOOL", np.array([True])),
    ]
    with triton.InferenceServerClient(arguments.server) as client:
        result = client.infer("stt", inputs, client_timeout=60)
    print(result.as_numpy("text").item().decode())
    for segment in json.loads(result.as_numpy("segments").item()):
        for word in segment["words"]:
            print(f"{word['start']:7.2f} {word['end']:7.2f}  {word['word']}")


if __name__ == "__main__":
    try:
        main()
    except (InferenceServerException, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
