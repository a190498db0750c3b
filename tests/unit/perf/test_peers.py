"""Peers as processes: started, found out about, ended with all that they started."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from perf.bench.peers.given import given
from perf.bench.peers.llamacpp_server import gguf
from perf.bench.peers.peer import Peer
from tritone.errors import ServerFailed, SetupError
from tritone.settings import Settings

pytestmark = pytest.mark.unit

SERVER = """
import http.server, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(child.pid).encode())
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class Double(Peer):
    """A server that answers with the id of a process that it started."""

    option = "llamacpp"
    title = "a double"
    start_seconds = 30.0
    stop_seconds = 1.0
    code = SERVER

    def command(self) -> Sequence[str]:
        return [sys.executable, "-c", self.code, str(self.port)]

    def serves(self) -> bool:
        try:
            return httpx.get(f"http://{self.address}", timeout=1).is_success
        except httpx.HTTPError:
            return False

    @property
    def facts(self) -> Mapping[str, Any]:
        return {}


class Broken(Double):
    """One that says why it ends."""

    code = "import sys; sys.exit('the weights are gone')"


@pytest.fixture
def made(tmp_path: Path) -> Callable[[type[Double]], Double]:
    return lambda kind: kind(Settings(home=tmp_path), lambda _: None)


def test_it_is_ended_with_what_it_started(made):
    """After `close` neither it nor a process that it left behind is there."""
    peer = made(Double)
    peer.start()
    try:
        assert peer.addresses == {"llamacpp": f"127.0.0.1:{peer.port}"}
        pid = peer.pids["llamacpp"]
        own = int(httpx.get(f"http://{peer.address}").text)
        assert psutil.Process(own).ppid() == pid
    finally:
        peer.close()
    until = time.monotonic() + 10
    while psutil.pid_exists(own) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid)
    assert not psutil.pid_exists(own)


def test_why_it_does_not_start(made):
    """The last words of a peer that ends by itself are in the error, in one line."""
    peer = made(Broken)
    with pytest.raises(ServerFailed, match=r"a double does not start.*the weights are gone"):
        peer.start()
    peer.close()


def test_closing_what_never_started(made):
    """The stage closes a part also when it could not be started."""
    made(Double).close()


def test_one_model_in_a_folder(tmp_path: Path):
    """A folder with no model, or with two, is not guessed at."""
    with pytest.raises(SetupError, match=r"0 \.gguf files"):
        gguf(tmp_path)
    (tmp_path / "a.gguf").touch()
    assert gguf(tmp_path).name == "a.gguf"


def test_given_reads_what_settings_override(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Parameters are those of the model's config, with the settings' over them."""
    folders: list[str] = []

    def locate(_: object, name: str) -> Path:
        folders.append(name)
        return tmp_path / name

    monkeypatch.setattr("perf.bench.peers.given.Store.locate", locate)
    own = given(Settings(home=tmp_path, models={"llm": {"threads": "7"}}), "llm")
    assert own.threads == 7
    assert own.instances == 1
    assert int(own.parameters["slots"]) >= 1
    assert own.weights == tmp_path / own.name
    assert folders == [own.name]


def test_given_follows_the_set_of_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With the light set a peer gets the light model, as the product does."""
    monkeypatch.setattr("perf.bench.peers.given.Store.locate", lambda _, name: tmp_path / name)
    default = given(Settings(home=tmp_path), "stt").name
    light = given(Settings(home=tmp_path, weights_set="light"), "stt").name
    assert default != light
    assert light == "whisper-tiny-en"


def test_given_knows_its_models(tmp_path: Path):
    """A model that is in no repository is an error that says so."""
    with pytest.raises(SetupError, match="no repository has a model 'nobody'"):
        given(Settings(home=tmp_path), "nobody")
