"""What the weights tests share: a server that misbehaves on demand, small manifests, wheels."""

import base64
import hashlib
import io
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

from tritone.weights import Manifest

BODY = bytes(range(256)) * 1024
"""256 KiB, every offset told from its neighbours."""
WRONG = bytes(len(BODY))
"""As many bytes, but others."""


@dataclass
class Server:
    """A local HTTP server. `files` is what it serves, the rest is how badly."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    cut: dict[str, list[int]] = field(default_factory=dict)
    """Bytes after which the next responses for a path break off; used up one by one."""
    status: dict[str, list[int]] = field(default_factory=dict)
    """Statuses of the next responses for a path; used up one by one."""
    user: str = ""
    """``name:password`` that every request must carry, when set."""
    delay: float = 0.0
    """Seconds between pieces of 16 KiB."""
    log: list[tuple[str, str]] = field(default_factory=list)
    """(path, Range header) of every request."""
    url: str = ""

    def asked(self, path: str) -> list[str]:
        """The Range header of each request for a path."""
        return [wanted for seen, wanted in self.log if seen == path]


class _Handler(BaseHTTPRequestHandler):
    behaviour: Server

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        server, wanted = self.behaviour, self.headers.get("Range", "")
        server.log.append((self.path, wanted))
        body = server.files.get(self.path)
        if not self._may_enter():
            self._end(401, b"", {"WWW-Authenticate": 'Basic realm="index"'})
        elif server.status.get(self.path):
            self._end(server.status[self.path].pop(0), b"")
        elif body is None:
            self._end(404, b"")
        elif not (wanted and server.ranges):
            self._end(200, body)
        elif (start := int(wanted.removeprefix("bytes=").rstrip("-"))) >= len(body):
            self._end(416, b"", {"Content-Range": f"bytes */{len(body)}"})
        else:
            place = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self._end(206, body[start:], {"Content-Range": place})

    def _may_enter(self) -> bool:
        secret = "Basic " + base64.b64encode(self.behaviour.user.encode()).decode()
        return not self.behaviour.user or self.headers.get("Authorization") == secret

    def _end(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "x/bytes")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cuts = self.behaviour.cut.get(self.path)
        if body and cuts:
            body = body[: cuts.pop(0)]
            self.close_connection = True
        try:
            for at in range(0, len(body), 1 << 14):
                self.wfile.write(body[at : at + (1 << 14)])
                time.sleep(self.behaviour.delay)
        except OSError:
            self.close_connection = True  # the client went away


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Run a server on a free port of this machine."""
    handler = type("Handler", (_Handler,), {"behaviour": server})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        server.url = f"http://127.0.0.1:{httpd.server_port}"
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            httpd.shutdown()
            thread.join()


@dataclass
class Recorder:
    """A Progress that remembers."""

    warnings: list[str] = field(default_factory=list)
    begun: list[tuple[str, str]] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, name: str, source: str, total: int) -> None:
        self.begun.append((name, source))
        self.bytes = 0

    def advance(self, name: str, count: int) -> None:
        with self._lock:
            self.bytes += count

    def done(self, name: str) -> None:
        self.finished.append(name)

    def warn(self, message: str) -> None:
        self.warnings.append(message)


def entry(
    sources: list[dict[str, Any]], files: dict[str, bytes] | None = None, name: str = "toy"
) -> dict[str, Any]:
    """A manifest entry whose files have the given contents."""
    return {
        "name": name,
        "version": "1",
        "purpose": "vad",
        "about": "a toy",
        "sets": ["light"],
        "licence": {"spdx": "CC0-1.0", "evidence": "verified", "stated": "here"},
        "files": [
            {"name": n, "size": len(b), "sha256": hashlib.sha256(b).hexdigest()}
            for n, b in (files or {"model.bin": BODY}).items()
        ],
        "sources": sources,
    }


def manifest(*entries: dict[str, Any]) -> Manifest:
    return msgspec.convert({"weights": list(entries)}, Manifest)


def url_source(*urls: str, names: tuple[str, ...] = ("model.bin",)) -> dict[str, Any]:
    return {"kind": "url", "files": dict(zip(names, urls, strict=True))}


def wheel(name: str, members: dict[str, bytes]) -> tuple[str, bytes]:
    """(file name, content) of a pure wheel, version 1.0, that carries `members`."""
    stem = name.replace("-", "_")
    info = f"{stem}-1.0.dist-info"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{stem}-1.0-py3-none-any.whl", out.getvalue()


def publish(server: Server, name: str, members: dict[str, bytes]) -> str:
    """Put a wheel on the server's simple index; the path of the wheel."""
    filename, content = wheel(name, members)
    path = f"/files/{filename}"
    digest = hashlib.sha256(content).hexdigest()
    server.files[path] = content
    server.files[f"/simple/{name}/"] = (
        f'<!DOCTYPE html><html><body><a href="{path}#sha256={digest}">{filename}</a></body></html>'
    ).encode()
    return path


def part_of(home: Path, name: str = "toy", file: str = "model.bin") -> Path:
    """Where an interrupted download of an entry's file lies."""
    return home / "weights" / ".partial" / f"{name}@1" / f"{file}.part"
