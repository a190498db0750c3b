"""Where others look in: ``/metrics`` for Prometheus, ``/health/live`` and ``/health/ready``.

A thread of its own serves it, as prometheus-client's own server does; a door that speaks something
else than HTTP needs no web framework for three short answers.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self

from tritone.errors import PortInUse

__all__ = ["Window"]

READ_SECONDS: Final = 10.0
_TEXT: Final = "text/plain; charset=utf-8"
_METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"


class Window:
    """An HTTP server; a context manager.

    Args:
        host: the address to listen on.
        port: the port; 0 takes a free one.
        metrics: what there is to see, in Prometheus' text format; called in other threads.
        reason: why the door does not serve, or an empty text; called in other threads.
        variable: what to set to take another port.
    """

    def __init__(
        self,
        host: str,
        port: int,
        metrics: Callable[[], bytes],
        reason: Callable[[], str],
        variable: str,
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = READ_SECONDS
            server_version = "tritone"
            sys_version = ""

            def do_GET(self) -> None:
                status, kind, body = _answer(self.path.partition("?")[0], metrics, reason)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Says nothing: it is asked every few seconds."""

        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise PortInUse(
                f"port {port} of {host} cannot be used ({error.strerror}): set "
                f"{variable} to another port"
            ) from None
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _answer(
    path: str, metrics: Callable[[], bytes], reason: Callable[[], str]
) -> tuple[HTTPStatus, str, bytes]:
    if path == "/metrics":
        return HTTPStatus.OK, _METRICS, metrics()
    if path == "/health/live":
        return HTTPStatus.OK, _TEXT, b"alive\n"
    if path == "/health/ready":
        why = reason()
        if why:
            return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, f"{why}\n".encode()
        return HTTPStatus.OK, _TEXT, b"ready\n"
    return HTTPStatus.NOT_FOUND, _TEXT, b"there are /metrics, /health/live and /health/ready\n"
