"""Piper with a real voice, loaded once for the tests of this folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tritone.engines.tts.piper import Piper
from tritone.engines.tts.voice import Voice


@pytest.fixture(scope="package")
def folder(weights: Callable[[str], Path]) -> Path:
    return weights("piper-joe")


@pytest.fixture(scope="package")
def engine(folder: Path) -> Piper:
    return Piper(folder)


@pytest.fixture(scope="package")
def voice(engine: Piper) -> Voice:
    return engine._voices["joe"]
