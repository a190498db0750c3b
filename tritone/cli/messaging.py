"""NATS and the bridge for `tritone up`: a server if none is named, the streams, the bridge."""

from typing import TYPE_CHECKING

from tritone.cli import connection
from tritone.cli.journal import Journal
from tritone.cli.stopping import StopSignal
from tritone.errors import SetupError
from tritone.launcher import entrances
from tritone.launcher.door import Door
from tritone.launcher.nats_server import NatsServer, check_nats_server
from tritone.settings import Settings

if TYPE_CHECKING:
    from tritone.nats.applying import Change

__all__ = ["Messaging", "check_messaging"]


class Messaging:
    """What services reach over NATS.

    Args:
        settings: where NATS is, or is to be.
        journal: takes what happens.
    """

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self._settings = settings
        self._journal = journal
        self._server = None if settings.nats_url else NatsServer(settings, self._server_line)
        self._bridge = Door(
            entrances.bridge(settings, self.url),
            settings,
            lambda level, text, fields: journal.write(level, "bridge", text, **fields),
        )

    @property
    def url(self) -> str:
        """Where everybody talks."""
        return self._server.url if self._server else self._settings.nats_url

    def start(self, stop: StopSignal) -> None:
        """Starts the server, makes the streams, starts the bridge.

        Raises:
            PortInUse: a port is taken.
            SetupError: something is not installed.
            ServerFailed: the server or the bridge does not serve.
            Unavailable: the streams cannot be made.
        """
        if self._server is not None:
            self._server.start()
            self._server.wait_ready(stop)
            if stop():
                return
            for change in connection.run(stop.unless(self._apply())) or ():
                level = "warning" if change.kind == "refused" else "debug"
                self._journal.write(level, "nats", f"{change.kind} {change.name}: {change.detail}")
        if not stop():
            self._bridge.start(stop)

    def close(self) -> None:
        """Stops the bridge, which finishes what it can, and then the server."""
        self._bridge.close()
        if self._server is not None:
            self._server.close()

    async def _apply(self) -> "list[Change]":
        from tritone.nats.applying import apply
        from tritone.nats.connection import connect

        client = await connect(self.url, name="tritone up")
        try:
            return await apply(client.jetstream(), self._settings.nats.replicas)
        finally:
            await client.close()

    def _server_line(self, level: str, text: str) -> None:
        self._journal.write(level, "nats", text)


def check_messaging(settings: Settings) -> None:
    """Whether it can be started, before anything is.

    Raises:
        PortInUse: a port is taken.
        SetupError: something is not installed.
    """
    try:
        import nats  # noqa: F401
    except ModuleNotFoundError:
        raise SetupError(
            "the bridge needs nats-py: pip install 'tritone[bridge]', or do without it: "
            "TRITONE_BRIDGE__ENABLED=false"
        ) from None
    entrances.bridge(settings, settings.nats_address).check()
    if not settings.nats_url:
        check_nats_server(settings)
