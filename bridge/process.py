"""The frame of a door's process: settings, logs, traces, an event loop, signals, an exit status."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from tritone.errors import TritoneError
from tritone.routing import Address
from tritone.settings import Settings, settings
from tritone.settings_problem import settings_problem
from tritone.telemetry import logs, traces

__all__ = ["addresses", "main", "stop_signals"]


def main(service: str, serve: Callable[[Settings], Coroutine[Any, Any, None]]) -> int:
    """Runs a door with the settings of the environment.

    Args:
        service: the name of its spans.
        serve: serves until SIGTERM or SIGINT.

    Returns:
        The process's exit status. A failure is one line on stderr, ``error CODE: message``.
    """
    try:
        used = settings()
    except ValueError as error:
        problem = settings_problem(error)
        if problem is None:
            raise
        return _report(problem)
    logs.configure(used.log_level, used.log_format)
    stop_tracing = traces.configure(service, used.otlp_endpoint)
    try:
        uvloop.run(serve(used))
    except TritoneError as error:
        return _report(error)
    except (asyncio.CancelledError, KeyboardInterrupt):
        return 1
    finally:
        stop_tracing()
    return 0


def _report(error: TritoneError) -> int:
    print(f"error {error.code}: {error.message}", file=sys.stderr)  # noqa: T201
    return 1


def stop_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; after it another SIGINT cancels the calling task.

    A KeyboardInterrupt would not do: raised while a library's own code runs, it may get lost there.
    """
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    serving = asyncio.current_task(loop)

    def interrupt() -> None:
        if stopping.is_set() and serving is not None:
            serving.cancel()
        stopping.set()

    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_signal_handler(signal.SIGINT, interrupt)
    return stopping


def addresses(settings: Settings) -> list[Address]:
    """The Tritons that a door calls. Raises SetupError: one of them is no address."""
    return [Address.parse(text) for text in settings.backends] or [
        Address.parse(f"{settings.grpc_url}/{settings.metrics_port}")
    ]
