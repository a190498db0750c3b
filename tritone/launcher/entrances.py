"""The doors that `tritone up` opens, as processes: what is run, where it listens."""

from importlib.util import find_spec
from typing import Final

from tritone.access.listening import Listen
from tritone.errors import SetupError
from tritone.launcher.door import Entrance
from tritone.settings import Settings

__all__ = ["bridge", "check_installed", "edge", "listen_of", "rpc"]

_RPC_NEEDS: Final = ("grpc_health", "grpc_reflection", "hassil", "rapidfuzz", "cryptography")


def edge(settings: Settings) -> Entrance:
    """The OpenAI-compatible door."""
    own = settings.edge
    return Entrance(
        name="the edge",
        module="edge",
        url=f"http://{own.host}:{own.port}",
        ports=((own.host, own.port, "TRITONE_EDGE__PORT"),),
        drain_seconds=own.drain_seconds,
        environment={"TRITONE_EDGE__HOST": own.host, "TRITONE_EDGE__PORT": str(own.port)},
    )


def bridge(settings: Settings, nats_url: str) -> Entrance:
    """The bridge to NATS at this address."""
    own = settings.bridge
    return Entrance(
        name="the bridge",
        module="bridge",
        url=_health(settings, own.metrics_port),
        ports=_metrics(settings, own.metrics_port, "TRITONE_BRIDGE__METRICS_PORT"),
        drain_seconds=own.drain_seconds,
        environment={
            "TRITONE_HOST": settings.host,
            "TRITONE_NATS_URL": nats_url,
            "TRITONE_BRIDGE__METRICS_PORT": str(own.metrics_port),
        },
    )


def rpc(settings: Settings) -> Entrance:
    """AIService. Raises SetupError when GRPC_LISTEN_ADDR is no address."""
    own = settings.rpc
    listen = listen_of(settings)
    return Entrance(
        name="AIService",
        module="bridge.rpc",
        url=_health(settings, own.metrics_port),
        ports=(
            (listen.host.strip("[]"), listen.port, "GRPC_LISTEN_ADDR"),
            *_metrics(settings, own.metrics_port, "TRITONE_RPC__METRICS_PORT"),
        ),
        drain_seconds=own.drain_seconds,
        environment={
            "TRITONE_HOST": settings.host,
            "GRPC_LISTEN_ADDR": str(listen),
            "TRITONE_RPC__METRICS_PORT": str(own.metrics_port),
        },
    )


def listen_of(settings: Settings) -> Listen:
    """Where AIService listens: at this machine alone, unless GRPC_LISTEN_ADDR names an address.

    Raises:
        SetupError: it is no address.
    """
    return Listen.parse(settings.grpc_listen_addr, "GRPC_LISTEN_ADDR").within(settings.host)


def check_installed() -> None:
    """Raises SetupError when AIService lacks a package."""
    missing = [name for name in _RPC_NEEDS if find_spec(name) is None]
    if missing:
        raise SetupError(
            f"AIService needs {', '.join(missing)}: pip install 'tritone[rpc]', or do without it: "
            "TRITONE_RPC__ENABLED=false"
        )


def _health(settings: Settings, port: int) -> str:
    return f"http://{settings.host}:{port}" if port else ""


def _metrics(settings: Settings, port: int, variable: str) -> tuple[tuple[str, int, str], ...]:
    return ((settings.host, port, variable),) if port else ()
