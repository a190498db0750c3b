"""Short transcriptions by OpenAI's own client and at the real models."""

from collections.abc import Iterator

import jiwer
import numpy as np
import openai
import pytest
import soxr

from tests.integration.conftest import sample
from tests.integration.edge.transcriptions_kit import RATE, plain, wav
from tests.unit.media_kit import KINDS, encoded

pytestmark = pytest.mark.triton

SAID = {
    "ocean": "Which ocean is the largest?",
    "question": "What is the largest planet in the solar system?",
    "rainbow": "What are the colors of the rainbow?",
    "sky": "Why is the sky blue?",
    "sleep": "Can you give me a tip for sleeping better?",
    "water": "At what temperature does water boil?",
}


@pytest.fixture
def sdk(door) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=door.api, api_key="any", max_retries=0) as client:
        yield client


QUESTION, _ = sample("question")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_heard(sdk, kind):
    """What the sample says, whatever it was packed into."""
    container, codec, rate, layout = KINDS[kind]
    audio = soxr.resample(np.pad(QUESTION, (0, RATE // 2)), RATE, rate)
    channels = {"mono": 1, "stereo": 2, "5.1": 6, "7.1": 8, "hexadecagonal": 16}[layout]
    file = encoded(np.tile(audio, (channels, 1)), container, codec, rate, layout)
    answer = sdk.audio.transcriptions.create(model="whisper-1", file=(f"a.{container}", file))
    assert jiwer.wer(plain(SAID["question"]), plain(answer.text)) <= 0.25


def test_words_and_segments_have_their_times(sdk):
    """Both granularities, in verbose JSON."""
    answer = sdk.audio.transcriptions.create(
        model="whisper-1",
        file=("a.wav", wav(QUESTION)),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert answer.language == "english"
    assert answer.duration == pytest.approx(QUESTION.size / RATE, abs=0.001)
    assert plain(" ".join(word.word for word in answer.words)) == plain(SAID["question"])
    (segment,) = answer.segments
    assert segment.tokens
    assert 0 < segment.compression_ratio < 2.4
    assert 0 <= segment.start < segment.end <= answer.duration


def test_subtitles_of_a_minute(sdk):
    """Cues are short, in order, and say what is said."""
    audio = np.concatenate([np.pad(sample(name)[0], (0, RATE)) for name in [*SAID, *SAID]])
    srt = sdk.audio.transcriptions.create(
        model="stt", file=("a.wav", wav(audio)), response_format="srt", language="en"
    )
    blocks = [block.split("\n", 2) for block in srt.strip().split("\n\n")]
    assert [int(number) for number, _, _ in blocks] == list(range(1, len(blocks) + 1))
    assert len(blocks) >= len(SAID)
    assert (
        jiwer.wer(plain(" ".join([*SAID.values()] * 2)), plain(" ".join(b[2] for b in blocks)))
        < 0.1
    )
    times = [time for _, line, _ in blocks for time in line.split(" --> ")]
    assert times == sorted(times)


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
def test_a_translation_and_a_prompt_and_a_temperature(sdk):
    """English stays English; what is wished does no harm to what is clear."""
    file = ("a.wav", wav(QUESTION))
    answer = sdk.audio.translations.create(
        model="whisper-1", file=file, response_format="verbose_json", temperature=0.2
    )
    assert (answer.language, plain(answer.text)) == ("english", plain(SAID["question"]))
    answer = sdk.audio.transcriptions.create(
        model="whisper-1", file=file, prompt="Planets, the SOLAR SYSTEM.", language="en"
    )
    assert plain(answer.text) == plain(SAID["question"])


def test_what_cannot_be_done_is_said(sdk):
    """With the field that is at fault."""
    file = ("a.wav", wav(QUESTION))
    wrong = [
        ({"file": ("a.wav", b"")}, "file"),
        ({"file": ("a.wav", b"no audio " * 100)}, "file"),
        ({"language": "tlh"}, "language"),
        ({"temperature": 3}, "temperature"),
        ({"include": ["logprobs"]}, "include"),
        ({"response_format": "diarized_json"}, "response_format"),
    ]
    for fields, param in wrong:
        with pytest.raises(openai.BadRequestError) as caught:
            sdk.audio.transcriptions.create(**{"model": "stt", "file": file, **fields})
        assert caught.value.param == param
