"""The examples of docs/protocol.md, and what they are asked."""

import subprocess
import sys

from tests.integration.conftest import ROOT, SAMPLES

EXAMPLES = ROOT / "docs" / "examples"
QUESTION = str(SAMPLES / "question.wav")
LONG = "Write a very long story about a fox and a crow, with many chapters."


def run(example: str, *arguments: str, server: str) -> subprocess.CompletedProcess[str]:
    """Runs an example to its end."""
    command = [sys.executable, str(EXAMPLES / example), *arguments, "--server", server]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
