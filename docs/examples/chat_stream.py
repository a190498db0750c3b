"""Asks a question and prints the answer while it is generated. Ctrl-C stops the model.

python chat_stream.py "Why is the sky blue?"
"""

import argparse
import contextlib
import json
import queue
import sys
from collections.abc import Iterator

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

IDLE_SECONDS = 60.0  # a stream that is silent for longer is dead


def tensor(name: str, datatype: str, array: np.ndarray) -> triton.InferInput:
    """A tensor; `chat` has no batch axis."""
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
    parser.add_argument("question")
    parser.add_argument("--system", default="You are a helpful assistant.")
    parser.add_argument("--server", default="127.0.0.1:8001", help="host:port of Triton's gRPC")
    arguments = parser.parse_args()

    conversation = [
        {"role": "system", "content": arguments.system},
        {"role": "user", "content": arguments.question},
    ]
    inputs = [
        tensor("messages", "BYTES", np.array([json.dumps(conversation).encode()], np.object_)),
        tensor("temperature", "FP32", np.array([0.0], np.float32)),
        tensor("stream", "BOOL", np.array([True])),
    ]
    with (
        triton.InferenceServerClient(arguments.server) as client,
        contextlib.closing(responses(client, "chat", inputs)) as answer,
    ):
        for part in answer:
            print(part.as_numpy("text_output").item().decode(), end="", flush=True)
    print()


if __name__ == "__main__":
    try:
        main()
    except InferenceServerException as error:
        sys.exit(f"error: {error}")
    except queue.Empty:
        sys.exit(f"error: the server was silent for {IDLE_SECONDS:.0f} s")
    except KeyboardInterrupt:
        sys.exit(130)
