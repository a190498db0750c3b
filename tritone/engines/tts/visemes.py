"""Which mouth shape shows a phoneme.

Phonemes are IPA as espeak-ng writes it; shapes are the fifteen visemes of the Oculus (Meta)
lip-sync set [1], which avatar systems map from. The set has no shape for some sounds; these take
the one that looks most alike: ``w`` rounds like ``ou``, ``j`` spreads like ``ih``, ``h`` and the
glottal and uvular sounds happen behind the lips, like ``kk``.

[1] https://developers.meta.com/horizon/documentation/unity/audio-ovrlipsync-viseme-reference
"""

# ruff: noqa: RUF001 - IPA looks like other alphabets; that is its nature.

import unicodedata
from collections.abc import Mapping
from typing import Final

__all__ = ["AFFRICATES", "SILENCE", "STRESS_MARKS", "SUFFIX_MARKS", "VISEMES", "viseme_of"]

VISEMES: Final = (
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou",
)  # fmt: skip
"""The fifteen shapes, in the set's own order."""

SILENCE: Final = "sil"

STRESS_MARKS: Final = frozenset("ˈˌ↓↑")
"""Marks written before the sound they belong to."""

SUFFIX_MARKS: Final = frozenset("ːˑ˞ʰʲʷˠˤ̧̪̯̩̃̀́̄̊̍̚͜͡ⁿˡᵊ0123456789")
"""Marks written behind the sound they belong to: length, colouring, tone."""

AFFRICATES: Final[Mapping[str, str]] = {
    "tʃ": "CH", "dʒ": "CH", "tɕ": "CH", "dʑ": "CH", "ʈʂ": "CH", "ɖʐ": "CH",
    "ts": "SS", "dz": "SS",
}  # fmt: skip
"""Two symbols that are one sound."""

_BY_SHAPE: Final[Mapping[str, str]] = {
    "PP": "pbmɓʘʙɸβ",
    "FF": "fvɱʋⱱ",
    "TH": "θðǀ",
    "DD": "tdʈɖɗɾɽǃǂᶑ",
    "kk": "kɡgqɢɠʛxɣχħhɦʔʕʡʢʜɧɰʁʀŋɴ",
    "CH": "ʃʒɕʑcɟʄçʝʂʐʆʓ",
    "SS": "sz",
    "nn": "nlɲɳɭʎʟɫɬɮɺǁ",
    "RR": "rɹɻɚɝ",
    "aa": "aɑæɐʌɶɒ",
    "E": "eɛəɜɘɞεᴈ",
    "ih": "iɪjɨᵻyʏɥᵼ",
    "oh": "oɔɤøœɵ",
    "ou": "uʊwʉɯʍᵿ",
    SILENCE: " _^$!'(),-.:;?#\"…¡¿«»“”‘’—–|‖\n",
}
_SHAPES: Final[Mapping[str, str]] = {
    symbol: shape for shape, symbols in _BY_SHAPE.items() for symbol in symbols
}


def viseme_of(phoneme: str) -> str | None:
    """The viseme of a phoneme, with or without its stress, length and other marks.

    An affricate is one phoneme of two symbols. A mark alone, or nothing, is `SILENCE`; None says
    that the table does not know the symbol.
    """
    apart = unicodedata.normalize("NFD", phoneme)  # Piper's phonemes are, others' may not be
    bare = "".join(c for c in apart if c not in STRESS_MARKS and c not in SUFFIX_MARKS)
    if not bare:
        return SILENCE
    return AFFRICATES.get(bare) or _SHAPES.get(bare[0])
