"""`tritone talk`, and the turn that `tritone up --demo` shares with it."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.unit.cli_kit import (
    RATE,
    ScriptedClient,
    good_turn,
    isolate,
    json_lines,
    read_wav,
    recording,
    run,
)
from tritone import messages
from tritone.cli.turn import take_turn
from tritone.contract import VoiceRequest, VoiceResponse
from tritone.errors import Internal, NoSpeech
from tritone.messages import Failed

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)


@pytest.fixture
def question(tmp_path: Path) -> str:
    return str(recording(tmp_path / "question.wav"))


def test_shows_the_turn_and_writes_the_reply(
    monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """What was heard, the answer, the file, the tokens and both clocks are shown."""
    ScriptedClient(voice=good_turn()).use(monkeypatch)
    result = run("talk", question, "-o", "out.wav")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "you     What is it?"
    assert lines[1] == "reply   It is four."
    assert lines[2].startswith("audio   out.wav")
    assert lines[3] == "tokens  30 read, 20 of them cached, 4 generated"
    assert "first audio                   0.30" in result.stdout
    rate, samples = read_wav(Path("out.wav"))
    assert rate == RATE
    assert samples.tolist() == [1] * 100 + [2] * 50


def test_prints_no_control_codes_into_a_pipe(
    monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """Without a terminal there are neither colours nor cursor movements."""
    ScriptedClient(voice=good_turn()).use(monkeypatch)
    assert "\x1b" not in run("talk", question).output


def test_json_has_a_line_for_each_event(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    """Events come as they are; audio is a place in the file, not samples."""
    ScriptedClient(voice=good_turn()).use(monkeypatch)
    result = run("talk", question, "-o", "out.wav", "--json")
    told = json_lines(result)
    kinds = ["transcript", "text", "audio", "text", "audio", "usage", "done", "summary"]
    assert [line["type"] for line in told] == kinds
    first, second = (line for line in told if line["type"] == "audio")
    assert (first["path"], first["offset"], first["samples"]) == ("out.wav", 0, 100)
    assert (second["offset"], second["samples"]) == (100, 50)
    assert told[-1]["text"] == "It is four."
    assert all("received_at" in line for line in told[:-1])


def test_request_carries_the_options(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    """Every option reaches the server's request."""
    client = ScriptedClient(voice=good_turn()).use(monkeypatch)
    options = "--voice joe --language en --system Hi --speed 1.5 --max-tokens 9 --seed 3"
    run("talk", question, *options.split(), "--temperature", "0.5")
    ((_, request),) = client.asked
    assert (request.voice, request.language, request.system_prompt) == ("joe", "en", "Hi")
    assert (request.speed, request.max_tokens, request.random_seed) == (1.5, 9, 3)
    assert (request.temperature, request.sample_rate) == (0.5, 16_000)
    assert request.audio.dtype == np.float32


def test_history_is_sent_and_grows(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    """The file need not exist; each turn sends what is in it and adds both sides."""
    client = ScriptedClient(voice=good_turn()).use(monkeypatch)
    run("talk", question, "--history", "chat.json")
    first = json.loads(Path("chat.json").read_text())
    assert first == [
        {"role": "user", "content": "What is it?"},
        {"role": "assistant", "content": "It is four."},
    ]
    run("talk", question, "--history", "chat.json")
    assert [json.loads(request.history) for _, request in client.asked] == [[], first]
    assert len(json.loads(Path("chat.json").read_text())) == 4


@pytest.mark.parametrize("text", ["{", '[{"role": "nobody"}]'])
def test_bad_history_is_bad_input(
    monkeypatch: pytest.MonkeyPatch, question: str, text: str
) -> None:
    """A history that is no conversation is refused before anything is sent."""
    client = ScriptedClient(voice=good_turn()).use(monkeypatch)
    Path("chat.json").write_text(text)
    result = run("talk", question, "--history", "chat.json")
    assert result.exit_code == 3
    assert result.stderr.startswith("error INVALID_MESSAGES: 'chat.json'")
    assert client.asked == []


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("nothing.wav",),
        ("question.wav", "--mic"),
        ("question.wav", "-o", "reply.mp3"),
        ("question.wav", "-o", "nowhere/reply.wav"),
    ],
)
def test_wrong_usage(question: str, args: tuple[str, ...]) -> None:
    """Neither or both of file and microphone, or an output that cannot be: exit code 2."""
    assert run("talk", *args).exit_code == 2


def test_what_is_no_audio_is_bad_input(tmp_path: Path) -> None:
    """A file that is no recording is named, with exit code 3."""
    (tmp_path / "notes.txt").write_text("hello")
    result = run("talk", "notes.txt")
    assert result.exit_code == 3
    assert "'notes.txt' cannot be read as audio" in result.stderr


def test_failed_turn_leaves_an_older_reply(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    """An error before the first audio does not truncate what the file held."""
    Path("reply.wav").write_bytes(b"older")
    ScriptedClient(voice=[NoSpeech("nobody speaks")]).use(monkeypatch)
    result = run("talk", question)
    assert result.exit_code == 3
    assert result.stderr == "error NO_SPEECH: nobody speaks\n"
    assert Path("reply.wav").read_bytes() == b"older"


def test_cut_off_answer_is_remarked(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    """An answer that hit --max-tokens says so on stderr."""
    turn = good_turn()
    turn[-1] = VoiceResponse(event=turn[-1].event.replace('"stop"', '"length"'))
    ScriptedClient(voice=turn).use(monkeypatch)
    assert "--max-tokens" in run("talk", question).stderr


def test_model_text_cannot_control_the_terminal(
    monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """Escape sequences in a transcript or an answer are taken out."""
    turn = good_turn()
    turn[1] = VoiceResponse(event='{"type":"text","text":"\\u001b[31mred [b]","at":0.2}')
    ScriptedClient(voice=turn).use(monkeypatch)
    assert "reply   [31mred [b] four." in run("talk", question).stdout


def _request() -> VoiceRequest:
    return VoiceRequest(audio=np.zeros(160, np.float32))


async def test_failed_event_is_raised() -> None:
    """A turn that ends with an error event, and no error of the stream, still fails."""
    failed = Failed(code="NO_SPEECH", message="silence", at=0.1)
    client = ScriptedClient(voice=[VoiceResponse(event=messages.encode(failed))])
    with pytest.raises(NoSpeech, match="silence"):
        await take_turn(client, _request(), on_event=lambda *_: None)


async def test_turn_without_an_end_is_a_defect() -> None:
    """A stream that ends without `done` is not taken for a success."""
    client = ScriptedClient(voice=good_turn()[:-1])
    with pytest.raises(Internal):
        await take_turn(client, _request(), on_event=lambda *_: None)


async def test_leaving_early_closes_the_stream() -> None:
    """An error in whoever listens closes the stream, which cancels the request."""
    client = ScriptedClient(voice=good_turn())

    def refuse(*_: object) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError):
        await take_turn(client, _request(), on_event=refuse)
    assert client.closed
