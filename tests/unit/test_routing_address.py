"""Addresses of Tritons are read, and nonsense is told."""

import pytest

from tritone.errors import SetupError
from tritone.routing import Address

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "address", "metrics"),
    [
        ("triton:8001", Address("triton", 8001), "http://triton:8002/metrics"),
        (" 10.0.0.7:9001/9002 ", Address("10.0.0.7", 9001, 9002), "http://10.0.0.7:9002/metrics"),
        ("[::1]:8001", Address("[::1]", 8001), "http://[::1]:8002/metrics"),
        ("a-b.c_d.example:1/65535", Address("a-b.c_d.example", 1, 65535),
         "http://a-b.c_d.example:65535/metrics"),
    ],
)  # fmt: skip
def test_an_address_is_read(text, address, metrics):
    """The metrics' port is Triton's default unless it is said."""
    assert Address.parse(text) == address
    assert address.metrics == metrics
    assert str(address) == address.grpc == text.strip().split("/")[0]


@pytest.mark.parametrize(
    "text",
    ["", "triton", "triton:", ":8001", "triton:x", "triton:0", "triton:65536", "triton:8001/",
     "triton:8001/0", "http://triton:8001", "triton:8001:8002", "::1:8001", "a b:8001",
     "triton:8001/8002/8003", "triton:٨٠٠١"],
)  # fmt: skip
def test_nonsense_is_told_with_the_form_that_is_wanted(text):
    """The message repeats it and says how an address is written."""
    with pytest.raises(SetupError, match="host:8001/8002") as caught:
        Address.parse(text)
    assert f"'{text}'" in caught.value.message
