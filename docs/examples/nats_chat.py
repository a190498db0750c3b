"""Asks over NATS and prints the answer while it is written. Ctrl-C stops the model.

python nats_chat.py "Why is the sky blue?"
"""

import argparse
import asyncio
import sys
import uuid

import msgpack
import nats

IDLE_SECONDS = 60.0  # an answer of which nothing comes for longer is given up


async def ask(server: str, user_id: str, question: str) -> None:
    nc = await nats.connect(server)
    request_id = str(uuid.uuid4())
    # Subscribe first: what comes before one listens is not heard.
    chunks = await nc.subscribe(f"ai.chat.response.stream.{request_id}")
    request = {"request_id": request_id, "user_id": user_id, "message": question}
    finished = False
    try:
        # With an acknowledgement: the request is on disk then. The id makes a second try harmless.
        await nc.jetstream().publish(
            f"ai.chat.user.{user_id}.message",
            msgpack.packb(request),
            headers={"Nats-Msg-Id": f"{request_id}.request"},
        )
        awaited = 0
        while not finished:
            message = await chunks.next_msg(timeout=IDLE_SECONDS)
            chunk = msgpack.unpackb(message.data)
            if chunk["seq"] < awaited:
                continue  # stale, or heard before
            if chunk["seq"] > awaited and chunk["type"] != "restart":
                raise RuntimeError("a chunk was missed: read the whole answer instead")
            awaited = chunk["seq"] + 1
            finished = chunk["done"]
            if chunk["type"] == "error":
                raise RuntimeError(f"{chunk['code']}: {chunk['content']}")
            if chunk["type"] == "restart":
                print("\n[once more]", end=" ")
            print(chunk["content"], end="", flush=True)
        print()
    finally:
        if not finished:
            await nc.publish(f"ai.cancel.{request_id}")
        await nc.drain()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("question")
    parser.add_argument("--user", default="u1", help="who asks")
    parser.add_argument("--server", default="nats://127.0.0.1:4222")
    arguments = parser.parse_args()
    asyncio.run(ask(arguments.server, arguments.user, arguments.question))


if __name__ == "__main__":
    try:
        main()
    except TimeoutError:
        sys.exit(f"error: nothing came for {IDLE_SECONDS:.0f} s")
    except (RuntimeError, OSError, nats.errors.Error) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
