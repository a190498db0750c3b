"""Texts spoken into recordings, which are kept: what was spoken once is not spoken again."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import msgspec

from perf.bench.corpus.variation import Spoken, Variation, drawn_variation
from perf.bench.corpus.waves import length
from tritone.errors import ServerFailed

__all__ = ["Recording", "Speaker"]

_VERSION: Final = "1"
"""Counted up when the same text and variation come to sound otherwise."""
_ROOT: Final = Path(__file__).resolve().parents[3]
_COMMAND: Final = (sys.executable, "-m", "perf.bench.corpus.speaking_process")


@dataclass(frozen=True, slots=True)
class Recording:
    """A WAV file; `seconds` long, its speech over after `end_of_speech` seconds."""

    path: Path
    seconds: float
    end_of_speech: float


class Speaker:
    """Speaks with the product's own voice, in a process of its own that starts when it must.

    Args:
        voice: the folder of the voice's weights.
        folder: where recordings are kept.
        on_spoken: called after each text with how many are there and how many there will be.
        command: what to run instead of the process that speaks.
    """

    def __init__(
        self,
        voice: Path,
        folder: Path,
        on_spoken: Callable[[int, int], None] = lambda _done, _all: None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._voice = voice
        self._folder = folder
        self._on_spoken = on_spoken
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def recordings(self, texts: Sequence[str], variants: Sequence[int]) -> list[Recording]:
        """A recording of each text, spoken in the variant beside it.

        Raises:
            ServerFailed: a text cannot be spoken.
        """
        found = []
        for text, variant in zip(texts, variants, strict=True):
            how = drawn_variation(text, variant)
            path = self.kept(self._name(text, how))
            if not path.is_file():
                self._speak(Spoken(text, str(path), how))
            seconds = length(path)
            found.append(Recording(path, seconds, seconds - how.after))
            self._on_spoken(len(found), len(texts))
        return found

    def kept(self, content: bytes) -> Path:
        """The path of a recording that is known by `content`, whether it is there or not."""
        return self._folder / f"{hashlib.sha256(content).hexdigest()[:24]}.wav"

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _name(self, text: str, how: Variation) -> bytes:
        """All that a recording depends on; a folder of weights is named after their version."""
        return msgspec.json.encode((_VERSION, *self._voice.parts[-2:], text, how))

    def _speak(self, wanted: Spoken) -> None:
        process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(msgspec.json.encode(wanted) + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            self.close()
            raise ServerFailed("the voice that speaks the questions ended: see its message above")
        if failure := line.decode().strip():
            raise ServerFailed(f"'{wanted.text}' cannot be spoken: {failure}")

    def _started(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [*self._command, str(self._voice)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            start_new_session=True,  # Ctrl-C reaches us, and we end it in order
        )
        return self._process
