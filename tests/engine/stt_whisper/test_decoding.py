"""Whisper: what segments say of their decoding, and what becomes of a doubtful one."""

import pytest

from tests.engine.stt_whisper.whisper_kit import SENTENCES, ask, plain, segments
from tritone.contract import SttRequest
from tritone.engines.stt.checks import Decoding
from tritone.engines.stt.network import Network

pytestmark = pytest.mark.engine


def test_segments_say_how_they_were_decoded(whisper, say):
    """Tokens that make the text, and Whisper's own measures of trust."""
    (only,) = segments(ask(whisper, say(SENTENCES[0]), language="en"))
    tokenizer = whisper._network.tokenizer("en", "transcribe")
    assert tokenizer.decode(list(only.tokens)).strip() == only.text
    assert max(only.tokens) < tokenizer.eot
    assert 0 < only.compression_ratio < 2.4
    assert -1 < only.avg_logprob < 0


def test_a_doubtful_decoding_is_looked_at_again_in_the_full_window(
    whisper, say, monkeypatch: pytest.MonkeyPatch
):
    """A loop in the short window is replaced by what the full window gives, for that item only."""
    frames_decoded = []
    honest = Network.decode

    def looping(self, encodings, spoken, **options):
        frames_decoded.append([2 * each.shape[1] for each in encodings])
        decodings = honest(self, encodings, spoken, **options)
        if len(encodings) == 1:
            return decodings
        loop = Decoding((50,) * 30, "you you you " * 10, -0.3, 0.01)
        return [loop, *decodings[1:]]

    monkeypatch.setattr(Network, "decode", looping)
    batch = [SttRequest(audio=say(each), language="en") for each in SENTENCES[1:3]]
    texts = [plain(response.text) for response in whisper.transcribe(batch)]
    # The shorter clip is decoded first, so it is the one that looped.
    assert texts == [plain(each) for each in SENTENCES[1:3]]
    assert frames_decoded == [[1000, 1000], [3000]]


def test_of_several_doubtful_decodings_the_likeliest_that_does_not_loop_is_kept(
    whisper, say, monkeypatch: pytest.MonkeyPatch
):
    """When no look convinces, repetition is the worst answer."""
    looks = iter(
        [
            Decoding((50,) * 30, " you you", -0.1, 0.01),
            Decoding((1, 2), " first guess", -1.5, 0.01),
            Decoding((3, 4), " better guess", -1.2, 0.01),
            Decoding((5, 6), " worst guess", -1.9, 0.01),
        ]
    )
    monkeypatch.setattr(Network, "decode", lambda *_, **__: [next(looks)])
    assert ask(whisper, say("Yes."), language="en").text == "better guess"
