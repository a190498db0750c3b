"""Who asks, of what a connection says; where a door listens."""

from types import SimpleNamespace

import pytest

from bridge.calls.peers import peer, shown
from tritone.access.listening import Listen
from tritone.errors import SetupError

pytestmark = pytest.mark.unit


def context(address, **known):
    """A call's context, as gRPC gives it."""
    return SimpleNamespace(peer=lambda: address, auth_context=lambda: known)


@pytest.mark.parametrize(
    ("address", "known", "name"),
    [
        ("ipv4:10.0.0.7:40312", {}, "10.0.0.7"),
        ("ipv6:%5B::1%5D:40312", {}, "::1"),
        ("ipv6:[2001:db8::7]:1", {}, "2001:db8::7"),
        ("unix:/run/ai.sock", {}, ""),
        ("", {}, ""),
        ("ipv4:10.0.0.7:1", {"x509_common_name": [b"bot"]}, "bot"),
        (
            "ipv4:10.0.0.7:1",
            {"x509_common_name": [b""], "x509_subject_alternative_name": [b"bot.example"]},
            "bot.example",
        ),
        ("ipv4:10.0.0.7:1", {"x509_common_name": [b"a\nb\xff"]}, "a b\ufffd"),
    ],
)
def test_a_peer_is_its_certificates_name_or_its_address(address, known, name):
    """The first name that a certificate has; without one, the address without its port."""
    assert peer(context(address, **known)) == name


def test_a_source_is_one_short_line():
    """Whatever a client calls itself, no log or record is broken by it."""
    assert shown("discord") == "discord"
    assert shown(" a\r\nb\x1b[31m ") == "a  b [31m"
    assert len(shown("x" * 10_000)) == 64


@pytest.mark.parametrize(
    ("text", "grpc", "here", "private"),
    [
        (":50052", "[::]:50052", "127.0.0.1:50052", False),
        ("0.0.0.0:1", "0.0.0.0:1", "127.0.0.1:1", False),
        ("[::]:1", "[::]:1", "127.0.0.1:1", False),
        ("127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", True),
        ("[::1]:80", "[::1]:80", "[::1]:80", True),
        ("localhost:80", "localhost:80", "localhost:80", True),
        ("home.example:80", "home.example:80", "home.example:80", False),
    ],
)
def test_an_address_to_listen_on(text, grpc, here, private):
    """As gRPC takes it, as a client on this machine calls it, and whether others reach it."""
    listen = Listen.parse(text, "X")
    assert (listen.grpc, listen.here, listen.private) == (grpc, here, private)


def test_an_address_without_a_host_takes_one():
    """One that names its own keeps it."""
    assert str(Listen.parse(":1", "X").within("127.0.0.1")) == "127.0.0.1:1"
    assert str(Listen.parse(":1", "X").within("::1")) == "[::1]:1"
    assert str(Listen.parse("0.0.0.0:1", "X").within("127.0.0.1")) == "0.0.0.0:1"


@pytest.mark.parametrize("text", ["", "50052", "host", "a:b", ":65536", "http://a:1", "::1:80"])
def test_what_is_no_address_is_told_by_its_variable(text):
    """With what to write instead."""
    with pytest.raises(SetupError, match=r"GRPC_LISTEN_ADDR=.*:50052"):
        Listen.parse(text, "GRPC_LISTEN_ADDR")
