"""Says how alike texts are in meaning to the first one: 1 is the same, 0 is unrelated.

python embed.py "a cat" "a kitten" "a tax form"
"""

import argparse
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", nargs="+")
    parser.add_argument("--server", default="127.0.0.1:8001", help="host:port of Triton's gRPC")
    arguments = parser.parse_args()

    rows = np.array([[text.encode()] for text in arguments.text], np.object_)  # [batch, 1]
    tensor = triton.InferInput("text", list(rows.shape), "BYTES")
    tensor.set_data_from_numpy(rows)
    with triton.InferenceServerClient(arguments.server) as client:
        result = client.infer("embedder", [tensor], client_timeout=30)
    vectors = result.as_numpy("embedding")  # [batch, 384], each of length 1
    for text, likeness in zip(arguments.text, vectors @ vectors[0], strict=True):
        print(f"{likeness:6.3f}  {text}")


if __name__ == "__main__":
    try:
        main()
    except InferenceServerException as error:
        sys.exit(f"error: {error}")
