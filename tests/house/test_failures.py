"""A home that is away, hangs, or does not take us; and comes back."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import pytest

from tests.house.waiting_kit import named, until
from tritone.errors import HouseUnreachable
from tritone.house.opening import open_house
from tritone.house.port import House, Order
from tritone.settings import HouseSettings

pytestmark = pytest.mark.house
LIGHT = "light.kitchen_light"
ON = Order(action="light.turn_on", entity_id=LIGHT)


async def fails(call: Callable[[], Awaitable[object]]) -> bool:
    """Whether a home is not reached."""
    with contextlib.suppress(HouseUnreachable):
        await call()
        return False
    return True


async def unreachable(house: House, *, because: str) -> None:
    """Each call fails; the list as soon as it is known."""
    async with asyncio.timeout(8):
        for call in (lambda: house.entity(LIGHT), lambda: house.perform(ON)):
            with pytest.raises(HouseUnreachable, match=because):
                await call()
        await until(lambda: fails(house.entities))


async def test_a_home_without_power_is_unreachable_until_it_has_it_again(home, assistant, behind):
    """Both ways say so while Home Assistant is away, and serve by themselves when it is back."""
    for house in (assistant, behind):
        assert await named(house, LIGHT) is not None
    await asyncio.to_thread(home.stop)
    try:
        for house in (assistant, behind):
            await unreachable(house, because="Home Assistant at http")
    finally:
        await asyncio.to_thread(home.start)
    for house in (assistant, behind):

        async def back(house: House = house) -> bool:
            return await named(house, LIGHT) is not None

        await until(back)
        await house.perform(ON)
        assert home.state(LIGHT)["state"] == "on"


async def test_a_home_that_hangs_holds_nobody(home, assistant, behind):
    """A call that is not answered ends when its caller's time does."""
    await assistant.entities()
    await behind.entities()
    home.freeze()
    try:
        for house in (assistant, behind):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await house.entity(LIGHT)
    finally:
        home.thaw()
    for house in (assistant, behind):
        assert (await house.entity(LIGHT)).entity_id == LIGHT


async def test_a_wrong_token_is_told_and_never_shown(home, caplog):
    """The fix is said; the token is in no message, no event and no log line."""
    caplog.set_level(logging.DEBUG)
    events: list[tuple[str, str]] = []
    settings = HouseSettings(url=home.url, token="this-is-no-token")
    house = await open_house(settings, lambda *event: events.append(event))
    try:
        with pytest.raises(HouseUnreachable, match="does not take the token") as caught:
            await house.entities()
        assert "TRITONE_HOUSE__TOKEN" in caught.value.message
        assert [level for _, level in events] == ["warning"]
        for text in (caught.value.message, str(events), caplog.text, repr(settings)):
            assert "this-is-no-token" not in text
    finally:
        await house.aclose()


async def test_a_good_token_is_never_shown_either(home, caplog):
    """Reading and acting leave no trace of it in the log."""
    caplog.set_level(logging.DEBUG)
    house = await open_house(HouseSettings(url=home.url, token=home.token))
    try:
        await house.entities()
        await house.perform(ON)
    finally:
        await house.aclose()
    assert "Home Assistant" in caplog.text  # something has been logged
    assert home.token not in caplog.text


async def test_a_token_that_is_taken_back_is_told(home):
    """What works until its owner takes the token back says so from then on."""
    async with home.websocket() as owner:
        token = await owner.send_command(
            "auth/long_lived_access_token", client_name="lost phone", lifespan=1
        )
        house = await open_house(HouseSettings(url=home.url, token=token))
        try:
            assert (await house.entity(LIGHT)).entity_id == LIGHT
            tokens = await owner.send_command("auth/refresh_tokens")
            (lost,) = (row["id"] for row in tokens if row["client_name"] == "lost phone")
            await owner.send_command("auth/delete_refresh_token", refresh_token_id=lost)
            with pytest.raises(HouseUnreachable, match="does not take the token"):
                await house.entity(LIGHT)
        finally:
            await house.aclose()


async def test_a_users_token_serves_without_administrators_rights(home):
    """Such a user's token lists, reads and acts as an administrator's does."""
    async with home.websocket() as owner:
        made = await owner.send_command(
            "config/auth/create", name="Tritone", group_ids=["system-users"]
        )
        await owner.send_command(
            "config/auth_provider/homeassistant/create",
            user_id=made["user"]["id"],
            username="tritone",
            password="a password",
        )
    token = await home.token_of("tritone", "a password")
    house = await open_house(HouseSettings(url=home.url, token=token))
    try:
        assert (await named(house, "light.bedroom_lamp")).aliases == ("reading lamp",)
        await house.perform(ON)
        assert (await house.entity(LIGHT)).state == "on"
    finally:
        await house.aclose()
