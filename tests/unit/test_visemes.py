"""Every phoneme has a mouth shape."""

# ruff: noqa: RUF001 - IPA looks like other alphabets.

import pytest

from tritone.engines.tts.visemes import AFFRICATES, SILENCE, VISEMES, viseme_of

pytestmark = pytest.mark.unit

# The sounds of espeak-ng's en-us, de, fr, es and it voices, as it writes them.
ESPEAK = (
    *"pbtdkɡfvθðszʃʒhmnŋlɹrɾjwʔxçʁɲʎβɣʝɬieɪɛæaɑɒɔoʊuʌəɚɜɐᵻyøœʏ",
    *("iː", "ɑː", "ɜː", "øː", "ɑ̃", "ɛ̃", "n̩", "l̩", "tʃ", "dʒ", "ts"),
)


@pytest.mark.parametrize("phoneme", ESPEAK)
def test_sounds_have_a_shape_that_is_not_silence(phoneme: str) -> None:
    """A sound of a common language moves the mouth."""
    assert viseme_of(phoneme) in set(VISEMES) - {SILENCE}


@pytest.mark.parametrize(
    ("phoneme", "shape"),
    [
        ("p", "PP"), ("v", "FF"), ("ð", "TH"), ("t", "DD"), ("ɡ", "kk"), ("ʃ", "CH"),
        ("z", "SS"), ("n", "nn"), ("ɹ", "RR"), ("ɑː", "aa"), ("ɛ", "E"), ("iː", "ih"),
        ("ɔ", "oh"), ("uː", "ou"), (".", "sil"),
    ],
)  # fmt: skip
def test_each_shape_shows_its_sound(phoneme: str, shape: str) -> None:
    """The example sounds of the Oculus reference take their shapes."""
    assert viseme_of(phoneme) == shape


@pytest.mark.parametrize("marked", ["ˈiː", "ˌi", "ĩ", "iˑ"])
def test_marks_do_not_change_the_shape(marked: str) -> None:
    """Stress, length and nasality belong to the vowel they mark."""
    assert viseme_of(marked) == "ih"


def test_affricates_take_the_shape_of_their_release() -> None:
    """An affricate is one shape, whatever its first symbol would be alone."""
    assert {pair: viseme_of(pair) for pair in AFFRICATES} == dict(AFFRICATES)
    assert viseme_of("ˈtʃ") == "CH"


def test_unknown_symbols_are_told() -> None:
    """The table does not guess: its caller decides what an unknown symbol looks like."""
    assert viseme_of("猫") is None
