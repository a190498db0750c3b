"""Free ports for a whole stage, found at once so that no two parts get the same."""

import socket
from contextlib import ExitStack

from tritone.settings import Settings

__all__ = ["on_free_ports"]

HOST = "127.0.0.1"


def on_free_ports(settings: Settings) -> Settings:
    """The same settings, with every server of them at a free port of this machine."""
    (http, grpc, metrics, edge, nats, monitor, bridge, rpc, rpc_metrics) = _free(9)
    changes = {
        "host": HOST,
        "http_port": http,
        "grpc_port": grpc,
        "metrics_port": metrics,
        "edge": settings.edge.model_copy(update={"host": HOST, "port": edge}),
        "nats": settings.nats.model_copy(update={"port": nats, "monitor_port": monitor}),
        "bridge": settings.bridge.model_copy(update={"metrics_port": bridge}),
        "grpc_listen_addr": f"{HOST}:{rpc}",
        "rpc": settings.rpc.model_copy(update={"metrics_port": rpc_metrics}),
    }
    if settings.triton_url:  # that one has ports of its own
        for name in ("http_port", "grpc_port", "metrics_port"):
            del changes[name]
    return settings.model_copy(update=changes)


def _free(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]
