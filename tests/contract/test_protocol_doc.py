"""docs/protocol.md says what the code says."""

import ast
import dataclasses
import json
import re
import sys
from pathlib import Path

import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from tritone import errors, messages, tensors
from tritone.contract import MODELS, Model
from tritone.engines.audio import MAX_RATE, MIN_RATE
from tritone.engines.llm import Statistics
from tritone.engines.llm.prompts import CHARS_PER_TOKEN, MOST_STOP_WORDS
from tritone.engines.rerank import MOST_DOCUMENTS
from tritone.engines.tts.piper import LONGEST_TEXT
from tritone.engines.tts.visemes import VISEMES
from tritone.errors import Kind, TritoneError
from tritone.intents.table import INTENTS
from tritone.pipelines.intent import MOST_CHARS
from tritone.pipelines.voice import MOST_HISTORY_CHARS
from tritone.settings import Settings

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
OTHERS = {*EXAMPLES.glob("nats_*"), *EXAMPLES.glob("discord_*")}
PYTHON_EXAMPLES = sorted(set(EXAMPLES.glob("*.py")) - OTHERS)
"""Those for NATS belong to docs/nats.md, the bot to docs/aiservice.md."""
TEXT = (ROOT / "docs" / "protocol.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROSE = BLOCK.sub("", TEXT)
HEADING = re.compile(r"^(#+ .+)$", re.MULTILINE)
STRUCTS = (
    messages.Segment,
    messages.Word,
    messages.Timing,
    messages.SpokenWord,
    messages.SpeechEvent,
    messages.Intent,
    messages.AlsoIntent,
    messages.ChatMessage,
)
EVENTS = messages.VoiceEvent.__args__
CLASSES = [
    found
    for name in errors.__all__
    if isinstance(found := getattr(errors, name), type) and issubclass(found, TritoneError)
]
pytestmark = pytest.mark.unit

Row = dict[str, str]


def section(heading: str) -> str:
    """What stands below a heading, up to the next one."""
    parts = HEADING.split(PROSE)
    return parts[parts.index(heading) + 1]


def tables(text: str) -> list[list[Row]]:
    """Every table of a text, as rows by column."""
    found = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        head, _, *body = [
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in block.splitlines()
        ]
        found.append([dict(zip(head, cells, strict=True)) for cells in body])
    return found


def table(heading: str) -> list[Row]:
    """The only table below a heading."""
    (found,) = tables(section(heading))
    return found


def bare(cell: str) -> str:
    """A cell without code marks and links."""
    return re.sub(r"\[(.+?)\]\(.+?\)", r"\1", cell).replace("`", "")


def config(model: Model) -> model_config_pb2.ModelConfig:
    """A model's parsed configuration."""
    (path,) = ROOT.glob(f"*/{model.name}/config.pbtxt")
    return text_format.Parse(path.read_text(), model_config_pb2.ModelConfig())


def wire_shape(model: Model, tensor: tensors.Tensor) -> str:
    """A tensor's shape as the document writes it."""
    batch = "1" if model.batching == "sequence" else "batch"
    axes = [batch] if model.max_batch_size else []
    return str([*axes, *tensor.dims]).replace("'", "")


def default_of(message: type, name: str) -> str:
    """A field's default as the document writes it."""
    (value,) = (field.default for field in dataclasses.fields(message) if field.name == name)
    if value is dataclasses.MISSING:
        return "required"
    return "none" if value is None else json.dumps(value)


def owner(model: Model) -> Model:
    """The first model with the same messages; the others refer to its tables."""
    return next(m for m in MODELS if (m.request, m.response) == (model.request, model.response))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_has_its_tensors_in_the_document(model):
    """Names, order, datatypes, wire shapes and defaults are the contract's; so are meanings."""
    if owner(model) is not model:
        reference = f"The tensors of [`{owner(model).name}`](#{owner(model).name})"
        assert reference in section(f"### {model.name}")
        return
    inputs, outputs = tables(section(f"### {model.name}"))
    assert [(r["input"], r["datatype"], r["shape"], r["default"]) for r in map(bared, inputs)] == [
        (f.name, f.tensor.dtype, wire_shape(model, f.tensor), default_of(model.request, f.name))
        for f in tensors.fields(model.request)
    ]
    assert [(r["output"], r["datatype"], r["shape"]) for r in map(bared, outputs)] == [
        (f.name, f.tensor.dtype, wire_shape(model, f.tensor))
        for f in tensors.fields(model.response)
    ]
    fields = (*tensors.fields(model.request), *tensors.fields(model.response))
    for row, field in zip([*inputs, *outputs], fields, strict=True):
        assert bare(row["meaning"]).startswith(field.doc.replace("`", "")), field.name


def bared(row: Row) -> Row:
    """A row without code marks."""
    return {column: bare(cell) for column, cell in row.items()}


def test_the_overview_lists_every_model_with_its_batching():
    """In the contract's order."""
    rows = [(bare(row["model"]), row["batching"]) for row in table("## Models")]
    assert rows == [(model.name, model.batching.replace("_", " ")) for model in MODELS]
    streams = {bare(row["model"]) for row in table("## Models") if "stream" in row["answers"]}
    assert streams == {model.name for model in MODELS if model.decoupled}


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_a_json_object_has_its_fields_in_the_document(struct):
    """All of them, in order."""
    rows = table(f"### {struct.__name__}")
    assert tuple(bare(row["field"]) for row in rows) == struct.__struct_fields__


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_has_its_fields_in_the_document(event):
    """Under its `type`, all of them, in order."""
    rows = table(f"### {event.__struct_config__.tag}")
    assert tuple(bare(row["field"]) for row in rows) == event.__struct_fields__


def test_the_visemes_are_listed():
    """All fifteen, in the set's order."""
    (line,) = re.findall(r"^(`sil`.*)$", section("### Timing"), re.MULTILINE)
    assert tuple(re.findall(r"`(\w+)`", line)) == VISEMES


def test_every_error_code_is_listed_with_its_kind_and_place():
    """The table is the tree: each class once, its kind, and the code it stands below."""
    rows = tables(section("## Errors"))[1]
    documented = [(bare(r["code"]), r["kind"], bare(r["below"])) for r in rows]
    assert len(documented) == len(set(documented))
    assert set(documented) == {
        (cls.code, cls.kind.name, "" if cls.__base__ is TritoneError else cls.__base__.code)
        for cls in CLASSES
        if cls is not TritoneError
    }


def test_every_kind_is_explained():
    """Whose fault it is, and whether to try again."""
    rows = tables(section("## Errors"))[0]
    assert [row["kind"] for row in rows] == [kind.name for kind in Kind]
    assert all(all(cells.values()) for cells in rows)


def test_limits_of_requests_are_those_of_the_configurations():
    """Rows, queue sizes and times to wait."""
    rows = {bare(row["model"]): row for row in tables(section("## Limits"))[1]}
    assert list(rows) == [model.name for model in MODELS]
    for model in MODELS:
        row, shipped = rows[model.name], config(model)
        if model.decoupled:
            bound = shipped.parameters["max_in_flight"].string_value
            assert row["requests at once"] == f"{bound} at work or waiting"
            assert row["rows a request"] == "no batch axis"
        elif model.batching == "sequence":
            bound = shipped.sequence_batching.oldest.max_candidate_sequences
            assert row["requests at once"] == f"{bound} streams"
            assert row["rows a request"] == "1"
        else:
            assert not shipped.dynamic_batching.HasField("default_queue_policy")
            assert row["requests at once"] == "no limit of its own"
            assert row["a request waits at most"] == "until its call's deadline"
            assert row["rows a request"] == str(model.max_batch_size)


def test_every_intent_is_listed_with_its_details():
    """Those of the table, each once."""
    found = [
        (bare(row["intent"]), tuple(re.findall(r"`(\w+)`", row["params"])))
        for row in table("### Intents")
    ]
    assert sorted(found) == sorted(
        (spec.name, tuple(slot.name for slot in spec.slots)) for spec in INTENTS.values()
    )


def test_limits_of_inputs_are_those_of_the_code():
    """Characters, seconds, tokens, counts."""
    by_name = {model.name: config(model) for model in MODELS}
    context = int(by_name["llm"].parameters["context"].string_value)
    seconds = float(by_name["stt"].parameters["max_seconds"].string_value)
    assert LONGEST_TEXT == MOST_CHARS
    limits = {bare(row["what"]): row["limit"] for row in tables(section("## Limits"))[0]}
    assert limits == {
        "audio for stt and voice": f"{seconds:g} s, {MIN_RATE:,} to {MAX_RATE:,} Hz",
        "text for tts and intent": f"{MOST_CHARS:,} characters",
        "text_input, messages": f"{context * CHARS_PER_TOKEN:,} characters",
        "history, system_prompt": f"{MOST_HISTORY_CHARS:,} characters each",
        "prompt and answer together": f"{context:,} tokens",
        "max_tokens": "1 or more",
        "stop_words": f"{MOST_STOP_WORDS}",
        "documents": f"1 to {MOST_DOCUMENTS}",
    }


def test_every_metric_is_listed():
    """With its type, which its name tells."""
    names = Statistics(0, 0, 0, 0, 0, 0.0).metrics()
    assert [(bare(row["metric"]), row["type"]) for row in table("## Metrics")] == [
        (f"tritone_{name}", "counter" if name.endswith("_total") else "gauge") for name in names
    ]


def test_default_ports_are_those_of_the_settings():
    """And the variables that change them exist."""
    rows = table("## Connecting")
    assert [bare(row["setting"]) for row in rows] == [
        "TRITONE_GRPC_PORT",
        "TRITONE_HTTP_PORT",
        "TRITONE_METRICS_PORT",
    ]
    for row in rows:
        name = bare(row["setting"]).removeprefix("TRITONE_").lower()
        default = Settings.model_fields[name].default
        assert f"127.0.0.1:{default}" in row["default address"]


@pytest.mark.parametrize(
    "path", [*PYTHON_EXAMPLES, *sorted(EXAMPLES.glob("*.sh"))], ids=lambda path: path.name
)
def test_an_example_is_shown_as_it_is(path):
    """Once, below a link to its file."""
    link = rf"^\[`examples/{path.name}`\]\(examples/{path.name}\):\n\n"
    blocks = re.findall(link + BLOCK.pattern.removeprefix("^"), TEXT, re.MULTILINE | re.DOTALL)
    assert [body for _, body in blocks] == [path.read_text()]


@pytest.mark.parametrize("path", PYTHON_EXAMPLES, ids=lambda path: path.name)
def test_an_example_needs_no_more_than_the_client(path):
    """It imports tritonclient, numpy and the standard library, and nothing of Tritone."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported - sys.stdlib_module_names <= {"numpy", "tritonclient"}


def test_links_within_the_document_lead_somewhere():
    """To a heading (as GitHub names it) or to a file."""
    anchors: list[str] = []
    for heading in HEADING.findall(PROSE):
        slug = re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")
        again = sum(1 for anchor in anchors if re.fullmatch(rf"{slug}(-\d+)?", anchor))
        anchors.append(f"{slug}-{again}" if again else slug)
    for target in re.findall(r"\]\(([^)\s]+)\)", PROSE):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (ROOT / "docs" / target).exists(), target
