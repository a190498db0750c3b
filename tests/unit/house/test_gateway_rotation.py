"""Certificates are replaced while both ends run; nothing is restarted."""

import asyncio
import shutil

import pytest

from tests.unit.house.certificates_kit import Authority
from tests.unit.house.gateway_kit import LIGHT, Held, client, gateway
from tests.unit.house.test_gateway_refusals import listed
from tritone.house.certificates import Files
from tritone.house.rotation import Rotation

pytestmark = pytest.mark.unit
SOON = 0.02
"""Seconds between looks."""


def replace(files: Files, by: Files) -> None:
    """Puts other files where these lie."""
    for name in ("ca", "certificate", "key"):
        getattr(files, name).write_bytes(getattr(by, name).read_bytes())


async def until(condition) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - it may depend on anything
            await asyncio.sleep(0.02)


async def test_both_ends_change_their_certificates(tmp_path):
    """After a change of authority at both ends they find each other again, and the old is out."""
    old, new = Authority(tmp_path, "old"), Authority(tmp_path, "new")
    before, after = old.files("mine", believes=tmp_path / "mine.ca"), new.files("later")
    shutil.copy(old.file, before.ca)
    at_door = old.server(believes=tmp_path / "server.ca")
    shutil.copy(old.file, at_door.ca)
    kept = old.files("kept")
    held = Held()
    async with (
        gateway(held, at_door, every=SOON) as door,
        client(door.port, before, every=SOON) as house,
    ):
        assert await house.entity("light.kitchen") == LIGHT
        first = house._channels.current

        replace(at_door, new.server("renewed"))
        replace(before, after)

        async def found() -> bool:
            status = await listed(door.port, new.files("newcomer"))
            return status.name == "OK" and house._channels.current is not first

        await until(found)
        for _ in range(3):
            assert await house.entity("light.kitchen") == LIGHT
        assert (await listed(door.port, kept)).name == "UNAVAILABLE"


async def test_a_call_that_runs_outlives_the_change(tmp_path):
    """A call that was under way when the certificates changed is answered."""
    authority, held = Authority(tmp_path), Held()
    files = authority.files("mine")
    async with (
        gateway(held, authority.server()) as door,
        client(door.port, files, every=SOON) as house,
    ):
        held.gate.clear()
        call = asyncio.create_task(house.entity("light.kitchen"))
        first = house._channels.current
        replace(files, authority.files("other"))

        async def changed() -> bool:
            return house._channels.current is not first

        await until(changed)
        held.gate.set()
        assert await call == LIGHT


async def test_files_that_do_not_fit_together_change_nothing(tmp_path):
    """A replacement half way is told once and not used; it is as soon as it is whole."""
    authority = Authority(tmp_path)
    files, other = authority.files("mine"), authority.files("other")
    given, told = [], []
    rotation = Rotation(
        files, files.read(), given.append, lambda *event: told.append(event), every=SOON
    )
    try:
        shutil.copy(other.certificate, files.certificate)  # and not its key

        async def warned() -> bool:
            return bool(told)

        await until(warned)
        await asyncio.sleep(5 * SOON)
        assert [level for _, level in told] == ["warning"]
        assert "is not the key of" in told[0][0]
        assert given == []

        shutil.copy(other.key, files.key)

        async def taken() -> bool:
            return bool(given)

        await until(taken)
        assert given == [files.read()]
        assert told[-1] == ("new certificates are in use", "info")
    finally:
        await rotation.aclose()
