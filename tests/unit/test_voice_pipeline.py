"""One spoken turn over doubles of its three models."""

import threading
import time
from itertools import pairwise

import numpy as np
import pytest

from tritone import messages
from tritone.cancellation import Cancellation
from tritone.contract import LlmResponse, SttResponse, TtsResponse, VoiceRequest
from tritone.errors import (
    Cancelled,
    EngineDied,
    InvalidMessages,
    NoSpeech,
    TextEmpty,
    TextTooLong,
    TritoneError,
    UnknownVoice,
)
from tritone.messages import AudioChunk, Done, Failed, TextDelta, Transcript, Usage, VoiceEvent
from tritone.pipelines.schedule import PlaybackPaced, Schedule, Stage
from tritone.pipelines.voice import converse

pytestmark = pytest.mark.unit

ANSWER = "Paris is the capital. It lies on the Seine and has two million people. Anything else?"
ROOM = {Stage.HEAR: 2, Stage.THINK: 2, Stage.SPEAK: 2}
REQUEST = VoiceRequest(audio=np.zeros(1600, np.float32))


class Models:
    """Doubles of stt, llm and tts that write down what they were asked."""

    def __init__(self, *, heard="what is the capital of france", answer=ANSWER, pause=0.0):
        self.heard, self.answer, self.pause = heard, answer, pause
        self.asked: list = []
        self.spoken: list[str] = []
        self.generated = 0
        self.fail_speaking: Exception | None = None
        self.fail_thinking: Exception | None = None

    def hear(self, request, cancellation):
        cancellation.check()
        return SttResponse(
            text=self.heard, language="en", language_probability=1.0, duration=1.0,
            no_speech_prob=0.0, segments="[]",
        )  # fmt: skip

    def think(self, request, cancellation):
        self.asked.append(request)
        conversation = messages.decode_chat(request.messages)
        said = conversation[-1].content if conversation[-1].role == "assistant" else ""
        assert self.answer.startswith(said)
        words = self.answer[len(said) :].split(" ")
        for i, word in enumerate(words):
            time.sleep(self.pause)
            cancellation.check()
            if self.fail_thinking and self.generated == 5:
                raise self.fail_thinking
            self.generated += 1
            yield LlmResponse(text_output=word if i == 0 else f" {word}")
        yield LlmResponse(finish_reason="stop", prompt_tokens=30, completion_tokens=len(words))

    def speak(self, request, cancellation):
        cancellation.check()
        if self.fail_speaking:
            raise self.fail_speaking
        self.spoken.append(request.text)
        return TtsResponse(audio=np.ones(16_000, np.int16), sample_rate=16_000, timings="[]")


def run(models, request=REQUEST, cancellation=None, schedule=None, on_event=lambda _: None):
    """Runs a turn; answers its events, audio beside, and the error it ended with."""
    events: list[tuple] = []

    def send(response):
        event = messages.decode(VoiceEvent, response.event)
        events.append((event, response.audio))
        on_event(event)

    schedule = schedule or Schedule(PlaybackPaced(), ROOM)
    try:
        converse(request, models, schedule, send, cancellation or Cancellation())
    except TritoneError as error:
        return events, error
    return events, None


def of(events, kind):
    """The events of one kind."""
    return [event for event, _ in events if isinstance(event, kind)]


def test_a_turn_tells_everything_in_order():
    """Transcript first, then text and audio, then usage and done; audio only with audio events."""
    models = Models()
    events, error = run(models)
    assert error is None
    kinds = [type(event) for event, _ in events]
    assert kinds[0] is Transcript
    assert kinds[-2:] == [Usage, Done]
    assert "".join(event.text for event in of(events, TextDelta)) == ANSWER
    assert [event.index for event in of(events, AudioChunk)] == list(range(len(models.spoken)))
    assert " ".join(models.spoken) == ANSWER
    assert all((audio is not None) == isinstance(event, AudioChunk) for event, audio in events)
    (done,) = of(events, Done)
    assert done.text == ANSWER
    assert done.heard_at <= done.first_token_at <= done.last_token_at <= done.at


def test_audio_starts_before_the_model_has_finished():
    """The first clause is spoken while later ones are still being generated."""
    events, _ = run(Models(pause=0.02))
    (done,) = of(events, Done)
    assert done.first_audio_at < done.last_token_at


def test_history_and_system_prompt_reach_the_model():
    """The conversation is system, history, and what was heard."""
    models = Models()
    history = '[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]'
    run(models, _with(history=history, system_prompt="Be brief."))
    sent = messages.decode_chat(models.asked[0].messages)
    assert [(m.role, m.content) for m in sent] == [
        ("system", "Be brief."),
        ("user", "hi"),
        ("assistant", "hello"),
        ("user", "what is the capital of france"),
    ]


def _with(**changes):
    return VoiceRequest(audio=REQUEST.audio, **changes)


def test_silence_is_an_error_of_its_own():
    """Nobody spoke: the model is not asked."""
    models = Models(heard=" ")
    events, error = run(models)
    assert isinstance(error, NoSpeech)
    assert of(events, Failed)[0].code == "NO_SPEECH"
    assert models.asked == []


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (_with(history="{"), InvalidMessages),
        (_with(history='[{"role":"boss"}]'), InvalidMessages),
        (_with(history="x" * 100_000), TextTooLong),
        (_with(system_prompt="x" * 100_000), TextTooLong),
    ],
)
def test_bad_input_is_refused_before_any_work(request_, kind):
    """No model is asked for a turn that cannot be run."""
    models = Models()
    events, error = run(models, request_)
    assert isinstance(error, kind)
    assert [type(event) for event, _ in events] == [Failed]
    assert models.asked == []


def test_a_cancelled_turn_stops_every_stage():
    """After the caller left nothing more is generated than the token under way."""
    cancellation = Cancellation()
    models = Models(pause=0.005)

    def leave(event):
        if isinstance(event, AudioChunk):
            cancellation.cancel(Cancelled("left"))
            leave.at = models.generated

    events, error = run(models, cancellation=cancellation, on_event=leave)
    assert isinstance(error, Cancelled)
    assert models.generated <= leave.at + 2
    assert not of(events, Done)


def test_a_failure_to_speak_stops_the_thinking():
    """The turn ends with the voice's error and the model is not run to its end."""
    models = Models(pause=0.01)
    models.fail_speaking = UnknownVoice("no voice is called 'x'")
    events, error = run(models)
    assert error is models.fail_speaking
    assert of(events, Failed)[0].code == "UNKNOWN_VOICE"
    assert models.generated < len(ANSWER.split())


def test_an_unforeseen_failure_to_speak_is_not_lost():
    """A defect in the speaking half surfaces; the turn does not end as if all were well."""
    models = Models()
    models.fail_speaking = ZeroDivisionError("oops")
    with pytest.raises(ZeroDivisionError):
        run(models)


def test_a_failure_to_think_ends_the_turn():
    """What was said so far is kept, the error comes last."""
    models = Models()
    models.fail_thinking = EngineDied("gone")
    events, error = run(models)
    assert error is models.fail_thinking
    assert isinstance(events[-1][0], Failed)
    assert of(events, TextDelta)


def test_a_clause_without_anything_to_say_is_skipped():
    """Signs only are silent, and the turn goes on."""
    models = Models()
    speak = models.speak

    def picky(request, cancellation):
        if "Seine" in request.text:
            raise TextEmpty("nothing to say")
        return speak(request, cancellation)

    models.speak = picky
    events, error = run(models)
    assert error is None
    assert [event.index for event in of(events, AudioChunk)] == [0, 1]


def test_a_turn_that_rests_goes_on_where_it_stopped():
    """A caller with audio ahead gives way; its answer is the same as if it had not."""
    schedule = Schedule(PlaybackPaced(comfort=0.5), ROOM)
    models = Models(pause=0.005)
    stop = threading.Event()

    def hungry():
        with schedule.turn():
            stop.wait(0.6)

    other = threading.Thread(target=hungry)
    other.start()
    events, error = run(models, schedule=schedule)
    stop.set()
    other.join()
    assert error is None
    assert len(models.asked) > 1, "the turn never rested"
    assert of(events, Done)[0].text == ANSWER
    assert "".join(event.text for event in of(events, TextDelta)) == ANSWER
    tokens = [request.max_tokens for request in models.asked]
    assert all(later < earlier for earlier, later in pairwise(tokens))
