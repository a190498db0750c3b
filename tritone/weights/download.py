"""Downloads over HTTP that survive interruption: parts are kept, and resumed by Range requests."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tritone.weights.failures import Refused, SourceFailed, Stopped, Unreachable, WrongBytes

__all__ = ["Downloader"]

_TRIES = 6  # of one file; a try that brought bytes does not count
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_TIMEOUT = httpx.Timeout(30.0, connect=4.0)  # seconds; a dead host is to be noticed soon


class Downloader:
    """Fetches files into parts; shared by the threads of one run.

    A host that could not be reached is not asked again in the same run.

    Args:
        stop: set it to end every download soon; they raise `Stopped`.
        warn: told once for each host that cannot be reached.
        backoff: seconds before the second try, doubled for each further one.
    """

    def __init__(
        self, stop: threading.Event, warn: Callable[[str], None], *, backoff: float = 0.4
    ) -> None:
        self._stop = stop
        self._warn = warn
        self._backoff = backoff
        self._client = httpx.Client(
            timeout=_TIMEOUT,
            follow_redirects=True,  # hubs and mirrors send us on to a storage host
            headers={"accept-encoding": "identity", "user-agent": "tritone"},
        )
        self._dead: dict[str, str] = {}
        self._alive: set[str] = set()
        self._first_contact: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def close(self) -> None:
        self._client.close()

    def fetch(
        self,
        url: str,
        part: Path,
        *,
        size: int | None,
        advance: Callable[[int], None],
        headers: Mapping[str, str] | None = None,
    ) -> bool:
        """Bring the file at `url` into `part`, continuing what `part` already holds.

        Args:
            url: an http(s) address; redirects are followed.
            part: the file to continue or begin.
            size: bytes the file must have, or None to believe the server.
            advance: told the bytes as they come, those already in `part` first.
            headers: to send along.

        Returns:
            Whether earlier bytes were continued; if the hash is wrong then, they may be to blame.

        Raises:
            SourceFailed: the file cannot be had from here. `part` keeps what came.
            Stopped: the run is being given up. `part` keeps what came.
        """
        part.parent.mkdir(parents=True, exist_ok=True)
        begun = have = _size(part)
        if size is not None and have > size:
            part.unlink()
            begun = have = 0
        advance(have)
        failures = 0
        while have != size or size is None:
            reason = "the server sent less than the whole file"
            try:
                complete = self._continue(url, part, size, headers or {}, advance)
            except httpx.RequestError as error:
                complete, reason = False, str(error) or type(error).__name__
            except httpx.InvalidURL as error:
                raise SourceFailed(f"{url!r} is no address: {error}") from None
            except Refused as error:
                if error.status not in _TRANSIENT:
                    raise
                complete, reason = False, str(error)
            if complete:
                break
            failures = 0 if _size(part) > have else failures + 1
            have = _size(part)
            if failures >= _TRIES:
                raise SourceFailed(f"{reason} ({_TRIES} tries)")
            if self._stop.wait(self._backoff * 2**failures):
                raise Stopped
        return begun > 0

    def _continue(
        self,
        url: str,
        part: Path,
        size: int | None,
        headers: Mapping[str, str],
        advance: Callable[[int], None],
    ) -> bool:
        """One request for what is missing; True when the file is complete."""
        have = _size(part)
        asked = {**headers, "range": f"bytes={have}-"} if have else dict(headers)
        with self._open(url, asked) as response:
            if response.status_code == 416:  # nothing after our last byte, or a shorter file
                if response.headers.get("content-range") == f"bytes */{have}" and size is None:
                    return True
                part.unlink()
                advance(-have)
                return False
            if not response.is_success:
                raise Refused(response.status_code, response.reason_phrase)
            start = _start(response)
            if start != have:  # no Range here: from the beginning again
                advance(-have)
                part.unlink(missing_ok=True)
                if start:
                    return False
            offered = _offered(response, start)
            if size is not None and offered is not None and offered != size:
                raise WrongBytes(f"the file there has {offered:,} bytes instead of {size:,}")
            with part.open("ab") as file:
                got = start
                for chunk in response.iter_raw():
                    if self._stop.is_set():
                        raise Stopped
                    file.write(chunk)
                    got += len(chunk)
                    advance(len(chunk))
                    if size is not None and got > size:
                        raise WrongBytes(f"the file there has more than {size:,} bytes")
            # httpx itself notices a body shorter than its Content-Length; without one we must.
            return size is None or got == size

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        request = self._client.build_request("GET", url, headers=headers)
        response = self._send(request)
        try:
            yield response
        finally:
            response.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        host = request.url.netloc.decode()
        if host in self._alive:
            return self._client.send(request, stream=True)
        # The first request to a host goes alone, so that a dead one costs one timeout in all.
        with self._first_contact[host]:
            if host in self._dead:
                raise Unreachable(self._dead[host])
            if host not in self._alive:
                try:
                    response = self._client.send(request, stream=True)
                except httpx.RequestError as error:
                    reason = str(error) or type(error).__name__
                    self._dead[host] = f"{request.url.host} cannot be reached: {reason}"
                    self._warn(f"{self._dead[host]}; it is not asked again")
                    raise Unreachable(self._dead[host]) from None
                self._alive.add(host)
                return response
        return self._client.send(request, stream=True)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _start(response: httpx.Response) -> int:
    """The offset of the response's first byte in the file."""
    if response.status_code != 206:
        return 0
    first = response.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdigit() else 0


def _offered(response: httpx.Response, start: int) -> int | None:
    """The size of the whole file as the server has it, in bytes."""
    length = response.headers.get("content-length", "")
    return start + int(length) if length.isdigit() else None
