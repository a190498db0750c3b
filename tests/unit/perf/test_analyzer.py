"""perf_analyzer: what it is to send, how it is run, and what is read from what it wrote."""

import base64
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from perf.bench.analyzer import running, step
from perf.bench.analyzer.asking import asked, tensors, written
from perf.bench.analyzer.export import figures, waits
from perf.bench.analyzer.runs import CALLERS, RUNS, command
from perf.bench.analyzer.tool import Tool
from perf.bench.corpus.waves import write
from perf.bench.subjects.base import Item, Options
from tritone.contract import MODELS, SttRequest
from tritone.errors import ServerFailed
from tritone.tensors import fields

pytestmark = pytest.mark.unit

MILLI = 1_000_000
BY_KEY = {run.key: run for run in RUNS}


@pytest.fixture
def item(tmp_path: Path) -> Item:
    """A recording with words, which serves every model."""
    path = tmp_path / "ramp.wav"
    write(path, np.arange(16_000, dtype=np.int16))
    return Item(kind="speech", text="Say so.", path=str(path), max_tokens=9)


@pytest.mark.parametrize("run", [run for run in RUNS if not run.edge], ids=lambda run: run.key)
def test_requests_are_of_the_contract(run, item):
    """What is sent has the required tensors of the model and no other than it knows."""
    (model,) = (model for model in MODELS if model.name == run.model)
    known = {field.name: field.optional for field in fields(model.request)}
    sent = asked(run.key, item)
    assert set(sent) <= set(known)
    assert {name for name, optional in known.items() if not optional} <= set(sent)
    assert run.streaming == model.decoupled


def test_the_edge_is_asked_as_openai_is(item):
    """A payload is the body of a chat completion, streamed."""
    ((body,),) = asked("openai", item).values()
    assert body["stream"] is True
    assert body["messages"] == [{"role": "user", "content": "Say so."}]


def test_audio_is_sent_exactly(item):
    """Samples are base64 of little-endian float32, with their number as the shape."""
    audio = asked("stt", item)["audio"]
    sent = np.frombuffer(base64.b64decode(audio["content"]["b64"]), "<f4")
    assert audio["shape"] == [16_000]
    assert np.array_equal(sent, np.arange(16_000, dtype=np.float32) / 32768)


def test_defaults_are_left_out():
    """A tensor is sent only where it says something."""
    audio = np.zeros(3, np.float32)
    assert tensors(SttRequest(audio=audio)) == {"audio": [0.0, 0.0, 0.0]}
    sent = tensors(SttRequest(audio=audio, language="en", word_timestamps=True))
    assert sent["language"] == ["en"]
    assert sent["word_timestamps"] == [True]


def test_a_file_holds_every_request(item, tmp_path: Path):
    """One entry for each item, in order."""
    path = written("tts", [item, item], tmp_path / "new" / "tts.json")
    assert json.loads(path.read_text()) == {"data": [{"text": ["Say so."]}] * 2}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.key)
@pytest.mark.parametrize("callers", CALLERS)
def test_each_caller_has_its_share(run, callers):
    """perf_analyzer wants as many requests as callers at least; few callers wait for more."""
    assert run.each(callers) >= 2
    assert run.each(callers) <= run.each(1)


def test_command_lines():
    """Streams go over gRPC's; the edge is an OpenAI service over HTTP."""
    path = Path("x.json")
    voice = command("pa", BY_KEY["voice"], "h:1", 4, path, path, path)
    assert voice[:3] == ["pa", "-m", "voice"]
    assert "--streaming" in voice
    assert voice[voice.index("--concurrency-range") + 1] == "4"
    edge = command("pa", BY_KEY["openai"], "h:2", 1, path, path, path)
    assert "--streaming" not in edge
    assert edge[edge.index("--service-kind") + 1] == "openai"
    assert "--streaming" not in command("pa", BY_KEY["stt"], "h:1", 1, path, path, path)


def exported(path: Path, *requests: tuple[int, list[int], list[dict[str, object]]]) -> Path:
    """A profile export; times in milliseconds, those of responses after their request's."""
    data = [
        {
            "timestamp": begin * MILLI,
            "response_timestamps": [(begin + at) * MILLI for at in times],
            "response_outputs": outputs,
            "request_inputs": {"audio": 0.5},
        }
        for begin, times, outputs in requests
    ]
    experiment = {"experiment": {"mode": "concurrency", "value": 1}, "requests": data}
    text = json.dumps({"experiments": [experiment], "version": "2", "service_kind": "triton"})
    path.write_text(text, encoding="utf-8")
    return path


def test_figures_of_single_answers(tmp_path: Path):
    """The rate counts from the first request to the last answer, not in windows."""
    output = [{"text": "hi", "duration": 1.0}]
    path = exported(tmp_path / "x", (0, [100], output), (100, [300], output), (100, [400], output))
    found = figures(path)
    assert found["requests"] == 3
    assert found["rate"] == pytest.approx(3 / 0.5)
    assert found["last"] == found["first"] == pytest.approx(0.3)
    assert "gap" not in found


@pytest.mark.parametrize(
    ("empty", "useful"),
    [
        ({"text_output": "", "finish_reason": ""}, {"text_output": "a"}),
        (
            {"event": '{"type":"transcript","text":"a"}', "audio": []},
            {"event": '{"type":"audio","index":0}', "audio": [1, 2]},
        ),
        (
            {"response": 'data: {"choices": [{"delta": {"role": "assistant"}}]}\n\n'},
            {"response": 'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'},
        ),
        (
            {"response": "data: [DONE]\n\n"},
            {"response": 'data: {"choices":[{"delta":{"content":"a"}}]}'},
        ),
        ({}, {"text_output": "a"}),
    ],
    ids=["llm", "voice", "openai", "openai-end", "final"],
)
def test_the_first_response_that_says_something(tmp_path: Path, empty, useful):
    """Roles, transcripts and flags are no first token and no first audio."""
    outputs = [empty, useful, useful, empty]
    found = figures(exported(tmp_path / "x", (0, [10, 30, 50, 80], outputs)))
    assert found["first"] == pytest.approx(0.03)
    assert found["last"] == pytest.approx(0.08)
    assert found["gap"] == pytest.approx(0.02)
    assert found["pieces"] == pytest.approx(2 / 0.08)


def test_no_answer_at_all(tmp_path: Path):
    """A run without an answer has no figures."""
    with pytest.raises(ServerFailed, match="no answer"):
        figures(exported(tmp_path / "x", (0, [], [])))


def test_waits_are_seconds(tmp_path: Path):
    """The server's times are microseconds in the file; the edge has none."""
    path = tmp_path / "x.csv"
    head = "Concurrency,Inferences/Second,Server Queue,Server Compute Infer,p50 latency\n"
    path.write_text(f"{head}4,12.5,1500,250000,260000\n", encoding="utf-8")
    assert waits(path) == pytest.approx({"queue": 0.0015, "compute": 0.25})
    path.write_text("Concurrency,Inferences/Second,p50 latency\n4,12.5,260000\n", encoding="utf-8")
    assert waits(path) == {}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Pass [1]\nError: request-count can not be less\nUsage: x\n -m\n", "Error: request-count"),
        ("reading\nFailed to retrieve results\nmore\n", "Failed to retrieve results"),
        ("something odd\n\n", "something odd"),
        ("", "it said nothing"),
    ],
)
def test_a_complaint_is_one_line(said, found):
    """It prints all of its options after an error; only the error is told."""
    assert running.complaint(said).startswith(found)


def analyzer(tmp_path: Path, script: str) -> Tool:
    """A program in perf_analyzer's place; `$EXPORT` and `$REPORT` are its files."""
    program = tmp_path / "perf_analyzer"
    program.write_text(
        '#!/bin/sh\nwhile [ $# -gt 0 ]; do case "$1" in\n'
        "--profile-export-file) EXPORT=$2;; -f) REPORT=$2;; esac; shift; done\n" + script,
        encoding="utf-8",
    )
    program.chmod(0o755)
    return Tool(program, tmp_path)


GOOD = """
echo 'Concurrency,Inferences/Second' > "$REPORT"; echo '1,2' >> "$REPORT"
echo '{"experiments":[{"requests":[{"timestamp":0,"response_timestamps":[5000000]}]}]}' > "$EXPORT"
"""


def test_a_run(item, tmp_path: Path):
    """Its figures are read, and the export, which repeats all audio, is removed."""
    tool = analyzer(tmp_path, GOOD)
    found = running.analysed(tool, BY_KEY["tts"], "h:1", 1, [item], tmp_path / "out")
    assert found["last"] == pytest.approx(0.005)
    assert [path.name for path in (tmp_path / "out").glob("*-1.json")] == []


@pytest.mark.parametrize("script", ["echo 'Error: refused'; exit 1", "echo 'Failed: refused'"])
def test_a_run_that_fails(item, tmp_path: Path, script: str):
    """It failed also where it says so and ends well, without having written anything."""
    tool = analyzer(tmp_path, script)
    with pytest.raises(ServerFailed, match="refused"):
        running.analysed(tool, BY_KEY["tts"], "h:1", 1, [item], tmp_path / "out")


def test_the_step(item, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Every run has a row for each number of callers, with its figures or why there are none."""
    tool = Tool(tmp_path / "none", tmp_path)
    monkeypatch.setattr(step, "obtained", lambda _: tool)
    asked_at: list[tuple[str, int, int]] = []

    def analysed(_tool, run, address, callers, items, _folder):
        asked_at.append((address, callers, len(items)))
        if run.key == "voice":
            raise ServerFailed("too busy")
        return {"rate": 2.0}

    monkeypatch.setattr(step, "analysed", analysed)
    shares: list[float] = []
    given = SimpleNamespace(
        settings=SimpleNamespace(home=tmp_path),
        options=Options(triton="h:1", edge="http://h:2"),
        drawing=SimpleNamespace(drawn=lambda _, count: [item] * count),
        advance=shares.append,
    )
    rows = step.analyzed(given)
    assert len(rows) == len(RUNS) * len(CALLERS)
    assert shares[-1] == 1.0
    assert {row["model"] for row in rows if "error" in row} == {"voice"}
    assert {row["door"] for row in rows} == {"Triton, gRPC", "OpenAI, HTTP"}
    assert ("h:2", 16, 16 * BY_KEY["openai"].each(16)) in asked_at
