"""Items drawn from the lists by seed.

Nothing comes twice before all of its list came: what has been asked before may be kept in a cache
somewhere, and would not be worth measuring.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from perf.bench.corpus import lists
from perf.bench.corpus.speaking import Recording, Speaker
from perf.bench.corpus.variation import VARIANTS
from perf.bench.corpus.waves import Pcm, read, write
from perf.bench.scenario import Draw
from perf.bench.subjects.base import Item, Turn
from tritone.contract import SAMPLE_RATE
from tritone.errors import SetupError

__all__ = ["Drawing"]

_LISTS: Final = {
    "speech": "questions",
    "text": "sentences",
    "chat": "prompts",
    "passage": "passages",
    "command": "commands",
    "recording": "passages",
}
_KINDS: Final[Mapping[str, Any]] = {"command": "chat"}
_LEAST_PAUSE, _MOST_PAUSE = 0.3, 1.1
"""Seconds between two passages of a long recording, beside what each brings with it."""


class Drawing:
    """Draws the items of one run.

    Args:
        seed: same seed, same items in the same order.
        speaker: makes the recordings. The caller closes it.
    """

    def __init__(self, seed: int, speaker: Speaker) -> None:
        self._seed = seed
        self._speaker = speaker
        self._decks: dict[str, list[str]] = {}
        self._shuffles: dict[str, int] = {}
        self._conversations = 0
        self._lectures = 0
        self._lecture: list[str] = []

    def drawn(self, draw: Draw, count: int) -> list[Item]:
        """The next items.

        Raises:
            ServerFailed: a text cannot be spoken.
            SetupError: a recording is to be shorter than any passage.
        """
        if draw.kind == "recording":
            return [self._recording(draw.seconds) for _ in range(count)]
        texts = [self._next(_LISTS[draw.kind]) for _ in range(count)]
        if draw.kind == "speech":
            items = self._spoken(texts)
        else:
            items = [Item(kind=_KINDS.get(draw.kind, draw.kind), text=text) for text in texts]
        return [self._asking(item, draw) for item in items]

    def _asking(self, item: Item, draw: Draw) -> Item:
        """The item with what the draw wants of it."""
        history = self._conversation(draw.turns)
        session = f"session-{self._conversations}" if history else ""
        return msgspec.structs.replace(
            item, max_tokens=draw.max_tokens, history=history, session=session
        )

    def _spoken(self, texts: Sequence[str]) -> list[Item]:
        return [
            Item(
                kind="speech",
                text=text,
                path=str(recording.path),
                seconds=recording.seconds,
                end_of_speech=recording.end_of_speech,
            )
            for text, recording in zip(texts, self._recordings(texts), strict=True)
        ]

    def _recordings(self, texts: Sequence[str]) -> list[Recording]:
        return self._speaker.recordings(texts, [self._variant(text) for text in texts])

    def _variant(self, text: str) -> int:
        return zlib.crc32(f"{self._seed} {text}".encode()) % VARIANTS

    def _conversation(self, turns: int) -> tuple[Turn, ...]:
        """What was said before: questions, and sentences as if they were answers."""
        self._conversations += bool(turns)
        said: list[Turn] = []
        for _ in range(turns):
            said.append(Turn("user", self._next("questions")))
            said.append(Turn("assistant", self._next("sentences")))
        return tuple(said)

    def _next(self, name: str) -> str:
        deck = self._decks.get(name)
        if not deck:
            number = self._shuffles[name] = self._shuffles.get(name, 0) + 1
            draw = np.random.Generator(
                np.random.PCG64([self._seed, zlib.crc32(name.encode()), number])
            )
            every = lists.texts(name)
            deck = self._decks[name] = [every[place] for place in draw.permutation(len(every))]
        return deck.pop()

    def _recording(self, seconds: float) -> Item:
        """A long recording of passages with pauses between; shorter by a passage at most.

        All of a run have the same passages, each in an order of its own: speaking others would take
        half a minute each, and nobody keeps what they heard in long recordings.
        """
        self._lectures += 1
        draw = np.random.Generator(np.random.PCG64([self._seed, self._lectures]))
        order = draw.permutation(len(self._lecture)).tolist()
        said: list[str] = []
        pieces: list[Pcm] = []
        samples = ends = 0
        while True:
            text = self._lecture_text(order)
            (spoken,) = self._recordings([text])
            added = [_silence(float(draw.uniform(_LEAST_PAUSE, _MOST_PAUSE))), read(spoken.path)]
            if samples + sum(piece.size for piece in added) > seconds * SAMPLE_RATE:
                break
            said.append(text)
            pieces += added
            samples += sum(piece.size for piece in added)
            ends = samples - round((spoken.seconds - spoken.end_of_speech) * SAMPLE_RATE)
        if not pieces:
            raise SetupError(
                f"a recording of {seconds:g} s has no room for a passage: ask for 60 s"
            )
        whole = np.concatenate(pieces)
        path = self._speaker.kept(whole.tobytes())
        if not path.is_file():
            write(path, whole)
        return Item(
            kind="speech",
            text=" ".join(said),
            path=str(path),
            seconds=samples / SAMPLE_RATE,
            end_of_speech=ends / SAMPLE_RATE,
        )

    def _lecture_text(self, order: list[int]) -> str:
        """The next passage: of those that are in recordings already, or a new one."""
        if order:
            return self._lecture[order.pop()]
        self._lecture.append(self._next("passages"))
        return self._lecture[-1]


def _silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)
