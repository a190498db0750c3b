"""docs/examples/discord_bot.py: what it says for each answer and each refusal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from grpc_tools import protoc

from tests.nats.server_kit import free_ports
from tests.rpc.process_kit import process

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[2]


@pytest.fixture
def bot(tmp_path: Path):
    """Runs it as its first lines say; answers what it prints for these lines."""
    made = ["", f"-I{ROOT / 'proto'}", f"--python_out={tmp_path}", f"--grpc_python_out={tmp_path}"]
    assert protoc.main([*made, str(ROOT / "proto" / "ai" / "v1" / "ai.proto")]) == 0

    def said(address: str, *lines: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, ROOT / "docs/examples/discord_bot.py", "--address", address],
            input="".join(f"{line}\n" for line in lines),
            env={**os.environ, "PYTHONPATH": str(tmp_path), "DISCORD_TOKEN": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return said


def test_it_says_what_aiservice_says(bot):
    """A command, chit-chat, and a text that is none."""
    with process() as one:
        replies = bot(one.address, "Turn on the living room light.", "How are you?", " ")
    assert replies == [
        "Living Room Light is on at 100 percent.",
        "Nice to hear from you.",
        "I can't read that.",
    ]


def test_it_says_when_nobody_can_answer(bot):
    """Without AIService it stays up, and says so."""
    (port,) = free_ports(1)
    assert bot(f"127.0.0.1:{port}", "hello") == ["I can't think right now."]
