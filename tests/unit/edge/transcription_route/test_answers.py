"""What the transcription routes answer to a recording, whole and streamed."""

import json
from typing import Any

import pytest

from tests.unit.edge.transcription_route.route_kit import LONG, SHORT, ask, door, refused
from tests.unit.transcription_kit import Ear, told
from tritone.errors import EngineDied, UnknownLanguage

pytestmark = pytest.mark.unit


def test_json_has_the_text_and_what_was_heard(client, ear):
    """OpenAI's smallest answer; the file may be larger than other bodies."""
    answer = ask(client)
    assert answer.status_code == 200
    assert answer.json() == {
        "text": SHORT.text,
        "usage": {"type": "duration", "seconds": SHORT.seconds},
    }
    assert len(ear.asked) == 1


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("text", "text/plain", "w0 w1 w2\n"),
        ("srt", "application/x-subrip", "1\n00:00:00,500 --> 00:00:02,"),
        ("vtt", "text/vtt", "WEBVTT\n\n00:00:00.500 --> 00:00:02."),
    ],
)
def test_texts_come_as_such(client, form, kind, begins):
    """Media type and content."""
    answer = ask(client, response_format=form)
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.text.startswith(begins)


def test_verbose_json_has_segments_and_on_request_words(client):
    """With the fields that the SDK's types have, times from the start of the recording."""
    answer = ask(client, LONG, response_format="verbose_json").json()
    assert (answer["task"], answer["language"]) == ("transcribe", "english")
    assert answer["duration"] == pytest.approx(LONG.seconds)
    assert answer["text"] == LONG.text
    assert "words" not in answer
    segments = answer["segments"]
    assert [each["id"] for each in segments] == list(range(len(segments)))
    assert " ".join(each["text"] for each in segments) == LONG.text
    assert all(each["seek"] == round(each["start"] * 100) for each in segments)
    assert set(segments[0]) == {
        *("id", "seek", "start", "end", "text", "tokens"),
        *("temperature", "avg_logprob", "compression_ratio", "no_speech_prob"),
    }
    fields = {"response_format": "verbose_json", "timestamp_granularities[]": ["word"]}
    answer = ask(client, LONG, **fields).json()
    assert "segments" not in answer
    assert [each["word"] for each in answer["words"]] == LONG.text.split()
    for each, (_, start, end) in zip(answer["words"], LONG.words, strict=True):
        assert (each["start"], each["end"]) == pytest.approx((start, end), abs=0.01)


def test_a_translation_says_english_and_asks_for_it(client, ear):
    """Whatever is spoken."""
    ear.language = ("de", 0.9)
    answer = ask(client, path="/v1/audio/translations", response_format="verbose_json").json()
    assert (answer["task"], answer["language"]) == ("translate", "english")
    assert [request.task for request in ear.asked] == ["translate"]


def test_wishes_reach_the_model(client, ear):
    """Through the form."""
    ask(client, language="French", prompt="Kettle", temperature="0.3")
    (request,) = ear.asked
    assert (request.language, request.prompt) == ("fr", "Kettle")
    assert request.temperature == pytest.approx(0.3)


def test_silence_is_no_error(client):
    """An empty text, in every format."""
    for seconds in (3.0, 60.0):
        silence = told([], after=seconds)
        assert ask(client, silence).json()["text"] == ""
        assert ask(client, silence, response_format="srt").text == ""
        verbose = ask(client, silence, response_format="verbose_json").json()
        assert (verbose["language"], verbose["segments"]) == ("", [])


def events(answer: Any) -> list[dict[str, Any]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = answer.text.split("\n\n")
    assert lines.pop() == ""
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def test_a_stream_has_deltas_with_progress_and_ends_with_the_whole(client):
    """Deltas joined are the text."""
    *deltas, done = events(ask(client, LONG, stream="true"))
    assert len(deltas) > 1
    assert {each["type"] for each in deltas} == {"transcript.text.delta"}
    assert "".join(each["delta"] for each in deltas) == LONG.text
    processed = [each["progress"]["processed"] for each in deltas]
    assert processed == sorted(processed)
    assert {each["progress"]["duration"] for each in deltas} == {round(LONG.seconds, 3)}
    assert done == {
        "type": "transcript.text.done",
        "text": LONG.text,
        "duration": pytest.approx(LONG.seconds),
    }
    done = events(ask(client, LONG, stream="true", response_format="verbose_json"))[-1]
    assert (done["language"], len(done["segments"]) > 1) == ("english", True)


def test_an_error_before_the_first_words_is_a_status_and_a_later_one_an_event():
    """A client is never left guessing."""
    with door(Ear(fail={0: EngineDied("gone")})) as client:
        refused(ask(client, stream="true"), 503, "engine_died", None)
    with door(Ear(fail={2: EngineDied("gone")})) as client:
        *_, last = events(ask(client, LONG, stream="true"))
        assert last["error"]["code"] == "engine_died"


def test_errors_of_the_model_name_their_field(ear):
    """A language that it does not know."""
    with door(Ear(fail={0: UnknownLanguage("no such language")})) as client:
        refused(ask(client, language="tlh"), 400, "unknown_language", "language")
