"""`tritone ask`, `say` and `hear`."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.unit.cli_kit import (
    RATE,
    ScriptedClient,
    answer,
    heard,
    isolate,
    json_lines,
    read_wav,
    recording,
    run,
    speech,
)
from tritone import messages
from tritone.cli.recordings import WavWriter, read_recording
from tritone.errors import AudioEmpty, InvalidInput, UnknownVoice
from tritone.messages import Segment, Word

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)


def test_ask_prints_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pieces make one text on stdout, ended by one newline."""
    client = ScriptedClient(chat=answer("It is", " four.")).use(monkeypatch)
    result = run("ask", "What?", "--system", "Be brief.", "--seed", "4")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "It is four.\n", "")
    ((_, request),) = client.asked
    assert [m.role for m in messages.decode_chat(request.messages)] == ["system", "user"]
    assert (request.stream, request.random_seed) == (True, 4)


def test_ask_reads_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash takes the question from stdin."""
    client = ScriptedClient(chat=answer("x")).use(monkeypatch)
    run("ask", "-", stdin="from a pipe\n")
    assert messages.decode_chat(client.asked[0][1].messages)[0].content == "from a pipe"
    result = run("ask", "-", stdin=b"\xff\xfe")
    assert result.exit_code == 3
    assert result.stderr.startswith("error TEXT_NOT_UTF8")


def test_ask_with_a_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema of the file is enforced by the request; a broken file is bad input."""
    client = ScriptedClient(chat=answer("{}")).use(monkeypatch)
    Path("s.json").write_text('{"type": "object"}')
    assert run("ask", "x", "--schema", "s.json").exit_code == 0
    sent = json.loads(client.asked[0][1].response_format)
    assert sent["json_schema"]["schema"] == {"type": "object"}
    Path("s.json").write_text("{")
    result = run("ask", "x", "--schema", "s.json")
    assert (result.exit_code, "error INVALID_SCHEMA: 's.json'" in result.stderr) == (3, True)


def test_ask_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each piece, and one for the end with the usage."""
    ScriptedClient(chat=answer("It is", " four.")).use(monkeypatch)
    *pieces, done = json_lines(run("ask", "x", "--json"))
    assert [piece["text"] for piece in pieces] == ["It is", " four."]
    assert (done["type"], done["text"], done["completion_tokens"]) == ("done", "It is four.", 3)


def test_ask_tells_of_a_cut_off_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remark is on stderr: stdout holds the answer alone."""
    ScriptedClient(chat=answer("It", finish_reason="length")).use(monkeypatch)
    result = run("ask", "x")
    assert result.stdout == "It\n"
    assert "--max-tokens" in result.stderr


def test_say_writes_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audio is in the file, its length on stdout."""
    client = ScriptedClient(tts=speech(2205)).use(monkeypatch)
    result = run("say", "Hello", "-o", "a.wav", "--voice", "joe", "--speed", "2", "--seed", "7")
    assert (result.exit_code, result.stdout) == (0, "a.wav  (0.1 s, 22,050 Hz)\n")
    assert read_wav(Path("a.wav"))[0] == RATE
    ((_, request),) = client.asked
    assert (request.text, request.voice, request.speed) == ("Hello", "joe", 2.0)
    assert request.random_seed == 7


def test_say_shows_timings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Phonemes are shown literally, whatever characters they are made of."""
    ScriptedClient(tts=speech()).use(monkeypatch)
    assert "0.000   0.100   [h        sil" in run("say", "Hi", "--timings").stdout
    (told,) = json_lines(run("say", "Hi", "--timings", "--json"))
    assert told["timings"][0]["viseme"] == "sil"


def test_say_fails_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown voice is bad input and leaves nothing behind."""
    ScriptedClient(tts=UnknownVoice("no voice is named 'x'")).use(monkeypatch)
    assert run("say", "Hi", "--voice", "x").exit_code == 3
    assert not Path("speech.wav").exists()


def test_hear_prints_the_transcript(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The text is on stdout; words and their times with --words."""
    word = Word(word=" Hi.", start=0.1, end=0.4, probability=0.93)
    segment = Segment(
        start=0.1,
        end=0.4,
        text="Hi.",
        no_speech_prob=0.0,
        avg_logprob=-0.1,
        compression_ratio=0.5,
        temperature=0.0,
        tokens=(17155, 13),
        words=(word,),
    )
    client = ScriptedClient(stt=heard(" Hi.", messages.encode([segment]))).use(monkeypatch)
    path = str(recording(tmp_path / "a.wav"))
    assert run("hear", path).stdout == "Hi.\n"
    result = run("hear", path, "--words", "--task", "translate", "--language", "de")
    assert "0.10   0.40   Hi.     93%" in result.stdout
    request = client.asked[1][1]
    assert (request.task, request.language, request.word_timestamps) == ("translate", "de", True)
    (told,) = json_lines(run("hear", path, "--words", "--json"))
    assert told["segments"][0]["words"][0]["word"] == " Hi."


def test_hear_of_silence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Silence is no error: stdout stays empty, stderr says why."""
    ScriptedClient(stt=heard("")).use(monkeypatch)
    result = run("hear", str(recording(tmp_path / "a.wav")))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nobody speaks" in result.stderr


def test_recordings_become_mono(tmp_path: Path) -> None:
    """Channels are averaged, the rate stays what it was."""
    stereo = np.stack([np.full(100, 0.5), np.full(100, -0.25)], axis=1)
    soundfile.write(tmp_path / "a.flac", stereo, 44_100)
    read = read_recording(tmp_path / "a.flac")
    assert (read.sample_rate, read.samples.shape, read.samples.dtype) == (44_100, (100,), "float32")
    assert read.samples[0] == pytest.approx(0.125, abs=1e-3)


def test_recording_without_samples(tmp_path: Path) -> None:
    """An empty recording is told apart from one that cannot be read."""
    with pytest.raises(AudioEmpty):
        read_recording(recording(tmp_path / "a.wav", seconds=0))


def test_wav_is_whole_after_every_piece(tmp_path: Path) -> None:
    """A file that is still written can already be played."""
    with WavWriter(tmp_path / "a.wav") as wav:
        wav.write(np.ones(10, np.int16), 8000)
        assert len(read_wav(tmp_path / "a.wav")[1]) == 10
        wav.write(np.ones(5, np.int16), 8000)
        assert len(read_wav(tmp_path / "a.wav")[1]) == 15
        with pytest.raises(InvalidInput):
            wav.write(np.ones(5, np.int16), 16_000)
