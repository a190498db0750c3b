"""Asks by voice: prints the events of the turn and writes the spoken answer. Ctrl-C cancels it.

python voice_turn.py question.wav -o reply.wav
"""

import argparse
import contextlib
import json
import queue
import sys
import wave
from collections.abc import Iterator

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

IDLE_SECONDS = 60.0  # a stream that is silent for longer is dead


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


def tensor(name: str, datatype: str, array: np.ndarray) -> triton.InferInput:
    """A tensor; `voice` has no batch axis."""
    made = triton.InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array)
    return made


def responses(
    client: triton.InferenceServerClient, model: str, inputs: list[triton.InferInput]
) -> Iterator[triton.InferResult]:
    """Yields a decoupled model's responses; closing the generator cancels the request."""
    arrived: queue.SimpleQueue = queue.SimpleQueue()
    client.start_stream(lambda result, error: arrived.put(error or result))
    try:
        with contextlib.suppress(InferenceServerException):  # a broken stream tells why itself
            client.async_stream_infer(model, inputs, enable_empty_final_response=True)
        while True:
            response = arrived.get(timeout=IDLE_SECONDS)
            if isinstance(response, InferenceServerException):
                raise response
            message = response.get_response()
            if message.outputs:
                yield response
            if message.parameters["triton_final_response"].bool_param:
                return
    finally:
        client.stop_stream(cancel_requests=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wav")
    parser.add_argument("-o", "--output", default="reply.wav")
    parser.add_argument("--system", default="", help="system prompt; the server has a default")
    parser.add_argument("--server", default="127.0.0.1:8001", help="host:port of Triton's gRPC")
    arguments = parser.parse_args()

    audio, rate = read_wav(arguments.wav)
    inputs = [
        tensor("audio", "FP32", audio),
        tensor("sample_rate", "INT32", np.array([rate], np.int32)),
        tensor("system_prompt", "BYTES", np.array([arguments.system.encode()], np.object_)),
    ]
    rate, speech = 0, b""
    with (
        triton.InferenceServerClient(arguments.server) as client,
        contextlib.closing(responses(client, "voice", inputs)) as turn,
    ):
        for response in turn:
            event = json.loads(response.as_numpy("event").item())
            text = event.get("text") or event.get("message", "")
            print(f"{event['at']:6.2f}  {event['type']:10}  {text}", flush=True)
            if event["type"] == "audio":
                rate = event["sample_rate"]
                speech += response.as_numpy("audio").tobytes()
    if speech:
        with wave.open(arguments.output, "wb") as reply:
            reply.setnchannels(1)
            reply.setsampwidth(2)
            reply.setframerate(rate)
            reply.writeframes(speech)


if __name__ == "__main__":
    try:
        main()
    except (InferenceServerException, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    except queue.Empty:
        sys.exit(f"error: the server was silent for {IDLE_SECONDS:.0f} s")
    except KeyboardInterrupt:
        sys.exit(130)
