"""Logs that programs read, and traces that are only sent where somebody asked for them."""

import json
import logging
import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit

SCRIPT = """
import logging, structlog
from tritone.telemetry import logs
logs.configure({level!r}, {form!r})
log = structlog.get_logger("edge")
with structlog.contextvars.bound_contextvars(request_id="r1"):
    log.info("request", status=200)
log.debug("detail")
logging.getLogger("library").warning("from %s", "elsewhere")
logging.getLogger("httpx").info("chatter")
said = "my secret"
try:
    1 / 0
except ZeroDivisionError as error:
    log.error("failed", exc_info=error)
"""


def run(level: str, form: str) -> list[str]:
    """The lines that a process with such logs writes."""
    script = SCRIPT.format(level=level, form=form)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not done.stdout
    return done.stderr.splitlines()


def test_json_lines() -> None:
    """Every line is an object with time, level and text, the libraries' and tracebacks too."""
    entries = [json.loads(line) for line in run("info", "json")]
    assert [entry["text"] for entry in entries] == ["request", "from elsewhere", "failed"]
    assert [entry["level"] for entry in entries] == ["info", "warning", "error"]
    assert all("time" in entry for entry in entries)
    assert (entries[0]["request_id"], entries[0]["status"]) == ("r1", 200)
    assert "ZeroDivisionError" in entries[2]["exception"]
    assert "my secret" not in f"{entries}"


def test_text_for_people() -> None:
    """Without JSON the same is readable, and what is below the level is left out."""
    told = "\n".join(run("info", "text"))
    assert "request_id=r1" in told
    assert "from elsewhere" in told
    assert "detail" not in told
    assert "chatter" not in told
    assert "ZeroDivisionError" in told
    assert "my secret" not in told  # a traceback says where, not with what
    assert "detail" in "\n".join(run("debug", "text"))


def test_no_traces_without_an_address() -> None:
    """Nothing is imported, started or sent."""
    from opentelemetry import trace

    from tritone.telemetry import traces

    before = trace.get_tracer_provider()
    traces.configure("test", "")()
    assert trace.get_tracer_provider() is before
    assert logging.getLogger("opentelemetry").level == logging.NOTSET
