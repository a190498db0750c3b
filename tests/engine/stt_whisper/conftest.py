"""Whisper, loaded once for the tests of this folder."""

import pytest

from tritone.engines.stt.whisper import Whisper


@pytest.fixture(scope="package")
def whisper(weights):
    return Whisper(weights("whisper-base"), weights("silero-vad"), threads=2, max_seconds=120)
