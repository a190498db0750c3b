"""Silero over many streams."""

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tritone.contract import SAMPLE_RATE, VadRequest, VadResponse
from tritone.engines.vad.endpoint import FRAME, Endpointing
from tritone.engines.vad.network import open_network
from tritone.engines.vad.silero import Silero
from tritone.errors import AudioNotFinite, InvalidInput, ParameterOutOfRange, WeightsMissing
from tritone.messages import SpeechEvent, decode

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Step:
    """A chunk as Triton's sequence batcher would hand it over."""

    stream: int
    audio: np.ndarray
    start: bool = False
    end: bool = False

    @property
    def request(self) -> VadRequest:
        return VadRequest(audio=self.audio)


@pytest.fixture(scope="module")
def folder(weights):
    return weights("silero-vad")


@pytest.fixture
def silero(folder):
    return Silero(folder)


@pytest.fixture(scope="module")
def two_turns(say):
    """One second of silence, a sentence, a second of silence, another sentence, a second."""
    gap = np.zeros(SAMPLE_RATE, np.float32)
    parts = [gap, say("What time is it?"), gap, say("Turn on the light in the kitchen."), gap]
    return np.concatenate(parts)


def events(*responses):
    """All events of some responses."""
    return [e for r in responses for e in decode(tuple[SpeechEvent, ...], r.events)]


def hear(silero, audio, cuts=(), stream=1):
    """A stream's responses, its audio chopped up at the cuts."""
    edges = [0, *sorted(cuts), len(audio)]
    return [
        silero.step([Step(stream, audio[a:b], start=a == 0 and i == 0, end=i == len(edges) - 2)])[0]
        for i, (a, b) in enumerate(itertools.pairwise(edges))
    ]


def test_sentences_start_and_end_where_they_are_spoken(silero, two_turns, say):
    """Two sentences are two starts and two ends, within two tenths of a second of the truth."""
    found = events(*hear(silero, two_turns))
    assert [event.type for event in found] == ["start", "end", "start", "end"]
    first = len(say("What time is it?")) / SAMPLE_RATE
    second = len(say("Turn on the light in the kitchen.")) / SAMPLE_RATE
    truth = [1, 1 + first, 2 + first, 2 + first + second]
    assert [event.at for event in found] == pytest.approx(truth, abs=0.25)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, 60_000), max_size=12))
def test_the_result_does_not_depend_on_how_the_stream_is_chopped_up(silero, two_turns, cuts):
    """Chunks of any length, empty ones too, give the probabilities and events of the whole."""
    [whole] = hear(silero, two_turns)
    parts = hear(silero, two_turns, cuts)
    together = np.concatenate([part.probability for part in parts])
    np.testing.assert_allclose(together, whole.probability, atol=1e-4)
    assert events(*parts) == events(whole)


def test_remainders_are_kept_for_the_next_chunk(silero):
    """Only whole frames are judged; 400 and 624 samples are none and two."""
    first, second = hear(silero, np.zeros(2 * FRAME, np.float32), cuts=[400])
    assert (len(first.probability), len(second.probability)) == (0, 2)


def test_streams_of_one_batch_do_not_hear_each_other(silero, two_turns):
    """Batched, each stream gets what it gets alone: silence, speech, speech later."""
    quiet = np.zeros_like(two_turns)
    shifted = np.roll(two_turns, 5 * FRAME)
    alone = [hear(silero, audio)[0] for audio in (quiet, two_turns, shifted)]
    together = silero.step(
        [Step(i, a, start=True, end=True) for i, a in enumerate((quiet, two_turns, shifted))]
    )
    assert events(together[0]) == []
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.probability, other.probability, atol=1e-4)
        assert one.events == other.events


def test_two_chunks_of_one_stream_in_one_batch_are_heard_in_order(silero, two_turns):
    """Nothing is lost where a caller in process sends faster than it steps."""
    half = len(two_turns) // 2
    batch = [Step(1, two_turns[:half], start=True), Step(1, two_turns[half:], end=True)]
    assert events(*silero.step(batch)) == events(*hear(silero, two_turns))


def test_speaking_tells_whether_speech_goes_on(silero, two_turns, say):
    """In the middle of a sentence it is true; after the end of the stream it is not."""
    middle = SAMPLE_RATE + len(say("What time is it?")) // 2
    first, second = hear(silero, two_turns, cuts=[middle])
    assert first.speaking
    assert not second.speaking


def test_a_stream_that_ends_in_speech_reports_the_end(silero, two_turns, say):
    """A caller who hangs up mid-sentence leaves no speech open."""
    middle = SAMPLE_RATE + len(say("What time is it?")) // 2
    [response] = hear(silero, two_turns[:middle])
    assert [event.type for event in events(response)] == ["start", "end"]
    assert not response.speaking


def test_a_refused_chunk_spoils_neither_its_neighbours_nor_its_stream(silero, two_turns):
    """NaN in one stream: that chunk fails, the other stream is heard, and both go on."""
    poison = np.full(FRAME, np.nan, np.float32)
    half = len(two_turns) // 2
    silero.step([Step(1, two_turns[:half], start=True), Step(2, two_turns[:half], start=True)])
    bad, good = silero.step([Step(1, poison), Step(2, two_turns[half:], end=True)])
    assert isinstance(bad, AudioNotFinite)
    assert isinstance(good, VadResponse)
    [after] = silero.step([Step(1, two_turns[half:], end=True)])
    np.testing.assert_allclose(after.probability, good.probability, atol=1e-4)
    assert after.events == good.events


def test_samples_that_were_not_scaled_are_refused(silero):
    """16-bit values would sound like a thunderstorm to the network."""
    [result] = silero.step([Step(1, np.full(FRAME, 12_000, np.float32), start=True)])
    assert isinstance(result, ParameterOutOfRange)


def test_a_stream_that_never_started_or_has_ended_is_refused(silero):
    """Times count from a start that the engine must have seen."""
    silence = np.zeros(FRAME, np.float32)
    assert isinstance(silero.step([Step(7, silence)])[0], InvalidInput)
    hear(silero, silence, stream=8)
    [after_end] = silero.step([Step(8, silence)])
    assert isinstance(after_end, InvalidInput)
    assert "stream 8 is not open" in after_end.message


def test_a_start_forgets_what_was_known_under_the_same_id(silero, two_turns):
    """A reused sequence id begins anew, at time 0 and in silence."""
    silero.step([Step(1, two_turns[: len(two_turns) // 2], start=True)])
    assert events(*hear(silero, two_turns)) == events(*hear(silero, two_turns, stream=2))


def test_the_stream_heard_of_least_recently_makes_room(folder):
    """Memory is bounded: of three streams two are kept, and the one in use is among them."""
    silero = Silero(folder, max_streams=2)
    silence = np.zeros(FRAME, np.float32)
    silero.step([Step(1, silence, start=True)])
    silero.step([Step(2, silence, start=True)])
    silero.step([Step(1, silence)])
    silero.step([Step(3, silence, start=True)])
    assert silero.streams == 2
    kept, gone = silero.step([Step(1, silence), Step(2, silence)])
    assert isinstance(kept, VadResponse)
    assert isinstance(gone, InvalidInput)


def test_the_rules_decide_when_a_pause_is_an_end(folder, two_turns):
    """With two seconds of patience the pause between the sentences ends nothing."""
    patient = Silero(folder, Endpointing(min_silence=2.0))
    assert [event.type for event in events(*hear(patient, two_turns))] == ["start", "end"]


def test_a_folder_without_the_network_is_refused(tmp_path):
    """The error names the folder."""
    with pytest.raises(WeightsMissing, match=tmp_path.name):
        open_network(tmp_path)
