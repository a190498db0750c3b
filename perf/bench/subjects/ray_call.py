"""Calling Ray Serve's applications (`perf.bench.peers.ray_app`) over HTTP."""

import aiohttp

from tritone.errors import Internal

__all__ = ["called", "refused", "voice_rate"]


async def called(http: aiohttp.ClientSession, path: str, content: bytes) -> bytes:
    """Posts `content` to an application, and answers the body of its response.

    Raises:
        Internal: it refuses, or fails.
        aiohttp.ClientError: it cannot be reached.
    """
    async with http.post(path, data=content) as response:
        await refused(response)
        return await response.read()


async def refused(response: aiohttp.ClientResponse) -> None:
    """Raises Internal, with what the application says, where it did not answer well."""
    if not response.ok:
        said = " ".join((await response.text())[:200].split())
        raise Internal(f"HTTP {response.status}: {said}")


async def voice_rate(http: aiohttp.ClientSession) -> int:
    """Hertz of the speech that it makes; asked by having something spoken. Raises as `called`."""
    async with http.post("/tts", data=b"Ready to speak.") as response:
        await refused(response)
        return int(response.headers["x-sample-rate"])
