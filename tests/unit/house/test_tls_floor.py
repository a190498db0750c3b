"""gRPC speaks TLS 1.3 only where that was said in time; elsewhere nothing is opened."""

import os
import subprocess
import sys

import pytest

from tritone.house.tls_floor import CIPHERS, VARIABLE

pytestmark = pytest.mark.unit


def run(*lines: str, **variables: str) -> str:
    """What a fresh process writes that runs these lines and then asks whether the floor holds."""
    given = {name: value for name, value in os.environ.items() if name != VARIABLE}
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join([*lines, "tls_floor.require()", "print('held')"])],
        env={**given, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout + ended.stderr


def test_it_holds_if_it_is_laid_before_grpc():
    """The order is what counts."""
    assert run("from tritone.house import tls_floor", "tls_floor.lay()", "import grpc") == "held\n"


def test_it_does_not_hold_if_grpc_came_first():
    """Too late is refused, with what to set."""
    said = run("import grpc", "from tritone.house import tls_floor", "tls_floor.lay()")
    assert f"set {VARIABLE}={CIPHERS} in the environment" in said


def test_it_holds_where_the_environment_has_it():
    """Who embeds this may set the variable himself."""
    said = run("import grpc", "from tritone.house import tls_floor", **{VARIABLE: CIPHERS})
    assert said == "held\n"


@pytest.mark.parametrize("module", ["bridge.gateway.server", "bridge.rpc.server"])
def test_doors_lay_it_whatever_they_import(module):
    """A door's process has it by the time its own modules load gRPC."""
    assert run(f"import {module}", "from tritone.house import tls_floor") == "held\n"
