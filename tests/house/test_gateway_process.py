"""``python -m bridge.gateway``: what it needs, whom it serves, how it ends."""

import dataclasses
import ssl
import subprocess
import sys

import grpc
import pytest

from tests.house.gateway_process_kit import GatewayProcess, environment, variables
from tests.unit.house.certificates_kit import NAME, PAST, Authority
from tests.unit.house.test_gateway_refusals import greeted, listed
from tritone.house.certificates import Files
from tritone.house.handshake import handshake
from tritone.house.port import Order

pytestmark = pytest.mark.house


async def test_it_serves_who_has_a_certificate(gateway, authority):
    """The process itself takes TLS 1.3 with a certificate of its authority, and nothing else."""
    files, port = authority.files("tritone"), gateway.port
    other = Authority(authority.folder, "other").files("stranger", believes=authority.file)
    late = authority.files("late", not_after=PAST)
    assert await listed(port, files) is grpc.StatusCode.OK
    assert await listed(port, files, certificate=False) is grpc.StatusCode.UNAVAILABLE
    assert await listed(port, other) is grpc.StatusCode.UNAVAILABLE
    assert await listed(port, late) is grpc.StatusCode.UNAVAILABLE
    assert await greeted(port, files, ssl.TLSVersion.TLSv1_3)
    assert await greeted(port, files, ssl.TLSVersion.TLSv1_2) == b""


async def test_its_handshake_can_be_looked_at(gateway, authority):
    """The self-test sees the process's certificate and TLS 1.3."""
    done = await handshake(f"127.0.0.1:{gateway.port}", authority.files("tritone"), NAME)
    assert (done.version, done.theirs.names) == ("TLSv1.3", (NAME,))


def self_test(port: int, files: Files, name: str = NAME) -> "subprocess.CompletedProcess[str]":
    """``--self-test`` of AIService before this gateway."""
    return subprocess.run(
        [sys.executable, "-m", "bridge.rpc", "--self-test"],
        env={
            **environment(),
            "HA_GATEWAY_ADDR": f"127.0.0.1:{port}",
            "HA_GATEWAY_TLS_CA_FILE": str(files.ca),
            "HA_GATEWAY_TLS_CERT_FILE": str(files.certificate),
            "HA_GATEWAY_TLS_KEY_FILE": str(files.key),
            "HA_GATEWAY_SERVER_NAME": name,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_self_test_shows_the_handshake(gateway, authority):
    """Version, both certificates' names, and that the home answers; status 0."""
    ended = self_test(gateway.port, authority.files("tritone"))
    assert ended.returncode == 0, ended.stderr
    for part in ("TLSv1.3", f"names {NAME}", "names tritone@test", "answers"):
        assert part in ended.stdout


def test_the_self_test_says_what_is_wrong(gateway, authority):
    """A wrong name, a wrong authority, a certificate that is not taken: one line each, status 1."""
    other = Authority(authority.folder, "other")
    cases = {
        "set HA_GATEWAY_SERVER_NAME": (authority.files("tritone"), "bank.test"),
        "HA_GATEWAY_TLS_CA_FILE=": (authority.files("ours", believes=other.file), NAME),
        "HA_GATEWAY_TLS_CERT_FILE=": (other.files("stranger", believes=authority.file), NAME),
    }
    for said, (files, name) in cases.items():
        ended = self_test(gateway.port, files, name)
        assert ended.returncode == 1
        (line,) = ended.stderr.splitlines()
        assert said in line


async def test_it_logs_who_did_what(gateway, behind, home):
    """A call is one line with the client's name, the entity and the status; never the token."""
    await behind.perform(Order(action="light.turn_off", entity_id="light.kitchen_light"))
    line = next(line for line in reversed(gateway.lines) if "LightService/TurnOff" in line)
    for part in ("client=tritone", "entity_id=light.kitchen_light", "code=OK"):
        assert part in line
    assert home.token not in "\n".join(gateway.lines)


def test_it_ends_when_it_is_told_to(home, authority):
    """SIGTERM ends it in order, with status 0."""
    given = {"TRITONE_HOUSE__URL": home.url, "TRITONE_HOUSE__TOKEN": home.token}
    process = GatewayProcess(**variables(authority.server()), **given)
    assert process.port
    assert process.end() == 0


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("TRITONE_HOUSE__URL", "set TRITONE_HOUSE__URL"),
        ("TRITONE_HOUSE__TOKEN", "set TRITONE_HOUSE__TOKEN or TRITONE_HOUSE__TOKEN_FILE"),
        ("TRITONE_GATEWAY__CA_FILE", "set TRITONE_GATEWAY__CA_FILE"),
        ("TRITONE_GATEWAY__KEY_FILE", "set TRITONE_GATEWAY__KEY_FILE"),
    ],
)
def test_what_it_lacks_is_said_in_one_line(authority, without, said):
    """Without one of its settings it ends at once, and names that one."""
    given = {"TRITONE_HOUSE__URL": "http://127.0.0.1:1", "TRITONE_HOUSE__TOKEN": "token"}
    settings = {**variables(authority.server()), **given, without: ""}
    process = GatewayProcess(**settings)
    assert process.wait() == 1
    (line,) = process.lines
    assert line.startswith("error SETUP_ERROR: ")
    assert said in line


def test_certificates_are_looked_at_first(authority):
    """A certificate that has expired stops it before it listens."""
    files = authority.server("late-server", not_after=PAST)
    files = dataclasses.replace(files, ca=authority.file)
    given = {"TRITONE_HOUSE__URL": "http://127.0.0.1:1", "TRITONE_HOUSE__TOKEN": "token"}
    process = GatewayProcess(**variables(files), **given)
    assert process.wait() == 1
    (line,) = process.lines
    assert "TRITONE_GATEWAY__CERT_FILE=" in line
    assert "expired on" in line
