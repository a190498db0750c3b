"""Whatever a file holds, it is either heard or refused: nothing else is raised, nothing hangs."""

import functools
import io
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit import media_kit as kit
from tritone.errors import AudioEmpty, AudioUndecodable
from tritone.media.decode import Recording

pytestmark = pytest.mark.unit

MOST_SECONDS = 120
"""Of audio taken from a damaged file of one second, as a caller's limit would."""

_recording = functools.cache(functools.partial(kit.recording, seconds=1.0))
_few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def outcome(file: bytes) -> int | None:
    """How many samples were heard, or None for a refusal."""
    count = 0
    try:
        with Recording(io.BytesIO(file)) as opened:
            for chunk in opened.chunks(1.0):
                assert chunk.dtype == np.float32
                assert chunk.shape == (chunk.size,)
                assert np.abs(chunk).max() <= 1  # so none is NaN, either
                count += chunk.size
                if count > MOST_SECONDS * 16_000:
                    break
    except (AudioEmpty, AudioUndecodable):
        return None
    assert count
    return count


@given(st.binary(max_size=20_000))
@_few
def test_random_bytes_are_refused(file):
    """They are no recording."""
    assert outcome(file) is None


@pytest.mark.parametrize("kind", kit.KINDS)
@given(seed=st.integers(0, 2**32))
@_few
def test_flipped_bits_are_heard_or_refused(kind, seed):
    """Anywhere, or in the header only."""
    rng = random.Random(seed)
    file = bytearray(_recording(kind))
    reach = min(rng.choice([64, 512, len(file)]), len(file))
    for _ in range(rng.choice([1, 4, 30, 300])):
        file[rng.randrange(reach)] ^= 1 << rng.randrange(8)
    outcome(bytes(file))


@pytest.mark.parametrize("kind", kit.KINDS)
@given(seed=st.integers(0, 2**32))
@_few
def test_claims_of_the_header_are_heard_or_refused(kind, seed):
    """Sizes, counts and rates of all ones, all zeros or anything."""
    rng = random.Random(seed)
    file = bytearray(_recording(kind))
    for _ in range(rng.choice([1, 2, 4])):
        size = rng.choice([1, 2, 4, 8])
        at = rng.randrange(min(rng.choice([64, 512, len(file)]), len(file)) - size)
        claims = [b"\xff" * size, bytes(size), rng.randbytes(size), b"\x7f" + b"\xff" * (size - 1)]
        file[at : at + size] = rng.choice(claims)
    outcome(bytes(file))


@pytest.mark.parametrize("kind", kit.KINDS)
@given(part=st.floats(0, 1, exclude_max=True))
@_few
def test_cut_files_are_heard_or_refused(kind, part):
    """Cut anywhere; nothing is heard twice."""
    file = _recording(kind)
    heard = outcome(file[: int(len(file) * part)])
    assert heard is None or heard <= 16_000 * 1.2


@pytest.mark.parametrize("kind", sorted(kit.KINDS.keys() - {"m4a", "mp4", "mp4-8-channels"}))
def test_what_came_before_a_cut_is_heard(kind):
    """A file that lost its second half holds the first; only mp4 has its index at the end."""
    file = kit.recording(kind, seconds=4.0)
    heard = outcome(file[: len(file) // 2])
    assert heard is not None
    assert 0.7 < heard / 16_000 < 2.5


def test_what_comes_behind_damage_is_heard():
    """Zeros in the middle of a recording cost little more than what they replaced."""
    file = bytearray(kit.recording("mp3", seconds=10.0))
    middle = len(file) // 2
    file[middle : middle + len(file) // 20] = bytes(len(file) // 20)
    heard = outcome(bytes(file))
    assert heard is not None
    assert 8.5 < heard / 16_000 < 10.2


@pytest.mark.parametrize("seed", range(20))
def test_spliced_files_are_heard_or_refused(seed):
    """The beginning of one kind with the end of another."""
    rng = random.Random(seed)
    first, second = (_recording(rng.choice(list(kit.KINDS))) for _ in range(2))
    outcome(first[: rng.randrange(len(first))] + second[rng.randrange(len(second)) :])
