"""Turns a sentence into one intent and prints it as JSON.

python intent.py "switch off the hall lamp" --entity "hall lamp" --entity "desk light"
"""

import argparse
import contextlib
import queue
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

IDLE_SECONDS = 60.0  # a server that is silent for longer is dead


def texts(name: str, *values: str) -> triton.InferInput:
    """A tensor of texts; `intent` has no batch axis."""
    array = np.array([value.encode() for value in values], np.object_)
    made = triton.InferInput(name, list(array.shape), "BYTES")
    made.set_data_from_numpy(array)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text")
    parser.add_argument("--entity", action="append", default=[], help="a thing that exists")
    parser.add_argument("--server", default="127.0.0.1:8001", help="host:port of Triton's gRPC")
    arguments = parser.parse_args()

    inputs = [texts("text", arguments.text)]
    if arguments.entity:
        inputs.append(texts("entities", *arguments.entity))
    arrived: queue.SimpleQueue = queue.SimpleQueue()
    with triton.InferenceServerClient(arguments.server) as client:
        # `intent` is decoupled, so it answers on a stream although it answers once.
        client.start_stream(lambda result, error: arrived.put(error or result))
        try:
            with contextlib.suppress(InferenceServerException):  # a broken stream tells why itself
                client.async_stream_infer("intent", inputs)
            response = arrived.get(timeout=IDLE_SECONDS)
        finally:
            client.stop_stream(cancel_requests=True)
    if isinstance(response, InferenceServerException):
        raise response
    print(response.as_numpy("intent").item().decode())


if __name__ == "__main__":
    try:
        main()
    except InferenceServerException as error:
        sys.exit(f"error: {error}")
    except queue.Empty:
        sys.exit(f"error: the server was silent for {IDLE_SECONDS:.0f} s")
    except KeyboardInterrupt:
        sys.exit(130)
