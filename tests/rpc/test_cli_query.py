"""`tritone query` against an AIService in a process of its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nats.server_kit import free_ports
from tests.rpc.process_kit import Process, process
from tests.unit.cli_kit import isolate, run
from tests.unit.house.certificates_kit import Authority

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def service() -> Iterator[Process]:
    """One that serves."""
    with process() as one:
        yield one


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)


def test_the_reply_is_printed(service: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone on stdout, with what was done and seen on stderr; the address is this machine's."""
    monkeypatch.setenv("GRPC_LISTEN_ADDR", f":{service.port}")
    result = run("query", "Turn on the living room light at 50 percent.")
    assert result.exit_code == 0
    assert result.stdout == "Living Room Light is on at 50 percent.\n"
    assert result.stderr == "turn_on_light light.living_room brightness=50: seen to be on\n"


def test_an_answer_for_programs(service: Process) -> None:
    """One JSON object with all fields."""
    result = run("query", "-", "--address", service.address, "--json", stdin="Turn off the TV.\n")
    answer = json.loads(result.stdout)
    assert (answer["intent"], answer["action_taken"]) == ("turn_off_switch", True)
    assert answer["actions"] == [
        {
            "intent": "turn_off_switch",
            "entity_id": "switch.television",
            "params": {},
            "verified": True,
            "state": "off",
        }
    ]
    assert (answer["path"], len(answer["request_id"])) == ("template", 32)


def test_a_refusal_is_one_line(service: Process) -> None:
    """With AIService's own code, and the exit code of bad input."""
    result = run("query", "", "--address", service.address)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("error TEXT_EMPTY: ")
    assert len(result.stderr.splitlines()) == 1


def test_nobody_there_is_told_with_what_to_start() -> None:
    """Exit code 4, one line."""
    (port,) = free_ports(1)
    result = run("query", "hi", "--address", f"127.0.0.1:{port}")
    assert result.exit_code == 4
    assert result.stderr.startswith("error SERVER_UNREACHABLE: ")
    assert "tritone rpc" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_answer_that_takes_too_long() -> None:
    """--timeout ends the query, also in the service."""
    with process(SLOW="300") as slow:
        result = run("query", "Tell me a joke.", "--address", slow.address, "--timeout", "0.5")
    assert result.exit_code == 1
    assert result.stderr.startswith("error DEADLINE_EXCEEDED: ")


def test_over_mutual_tls(tmp_path: Path) -> None:
    """With the files of the client it is answered; without them it is told that nobody is there."""
    authority = Authority(tmp_path)
    own, ours = authority.files("door", "localhost"), authority.files("bot")
    files = {
        "TRITONE_RPC__TLS_CERT_FILE": str(own.certificate),
        "TRITONE_RPC__TLS_KEY_FILE": str(own.key),
        "TRITONE_RPC__TLS_CLIENT_CA_FILE": str(own.ca),
    }
    with process("bridge.rpc", TRITONE_BACKENDS="127.0.0.1:1/1", **files) as one:
        where = ["--address", one.address, "--server-name", "localhost", "--ca", str(ours.ca)]
        shown = ["--cert", str(ours.certificate), "--key", str(ours.key)]
        assert "error TEXT_EMPTY" in run("query", "", *where, *shown).stderr
        assert run("query", "", *where).exit_code == 4
        assert run("query", "", "--address", one.address).exit_code == 4
    assert "give both" in run("query", "", *where, *shown[:2]).stderr
    assert "--ca" in run("query", "", "--address", one.address, *shown).stderr
