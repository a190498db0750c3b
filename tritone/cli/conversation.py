"""A turn with everything around it: the file, the loudspeaker, what is shown, the history."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from tritone import messages
from tritone.cli.loudspeaker import Loudspeaker
from tritone.cli.output import Output
from tritone.cli.presenter import TurnPresenter
from tritone.cli.recordings import WavWriter
from tritone.cli.turn import Sink, Turn, take_turn
from tritone.contract import VoiceRequest
from tritone.errors import InvalidInput, InvalidMessages, SetupError
from tritone.messages import ChatMessage

if TYPE_CHECKING:
    from tritone.client import Client

__all__ = ["History", "converse"]


async def converse(
    client: "Client", request: VoiceRequest, out: Output, path: Path, *, play: bool = False
) -> Turn:
    """Runs a turn, shows it, and writes the reply's audio to `path` as it arrives.

    Raises:
        TritoneError: what the turn failed at.
    """
    with contextlib.ExitStack() as stack:
        sinks: list[Sink] = [stack.enter_context(WavWriter(path))]
        if play:
            sinks.append(stack.enter_context(Loudspeaker()))
        presenter = stack.enter_context(TurnPresenter(out, path))
        turn = await take_turn(client, request, on_event=presenter.on_event, sinks=sinks)
        presenter.summary(turn)
    return turn


class History:
    """A conversation kept in a file of OpenAI messages, or nowhere when `path` is None.

    Raises:
        InvalidMessages: the file holds something else.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._messages: list[ChatMessage] = []
        if path is None:
            return
        if not path.absolute().parent.is_dir():  # found out now, not after the turn
            raise InvalidInput(f"there is no folder for '{path}'")
        if path.exists():
            try:
                self._messages = messages.decode_chat(path.read_text(encoding="utf-8"))
            except (InvalidMessages, UnicodeDecodeError, OSError) as error:
                raise InvalidMessages(f"'{path}': {error}") from None

    @property
    def text(self) -> str:
        """The messages as the `history` of a request."""
        return messages.encode(self._messages)

    def add(self, turn: Turn) -> None:
        """Adds both sides of a turn and writes the file."""
        if self._path is None:
            return
        self._messages += [
            ChatMessage(role="user", content=turn.transcript),
            ChatMessage(role="assistant", content=turn.text),
        ]
        new = self._path.with_name(f".{self._path.name}.new")
        try:
            new.write_text(self.text + "\n", encoding="utf-8")
            new.replace(self._path)  # whole, or not at all
        except OSError as error:
            raise SetupError(f"cannot write '{self._path}': {error.strerror}") from None
