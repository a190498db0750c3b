"""docs/nats.md says what the code says."""

import ast
import json
import re
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

from bridge.jetstream.metrics import Metrics
from tests.contract.test_protocol_doc import BLOCK, HEADING, Row, bare, tables
from tritone.nats import letter, subjects, wire
from tritone.nats.client import NatsClient
from tritone.nats.streams import CONSUMERS, STREAMS
from tritone.settings import BridgeSettings, Lanes, NatsSettings, Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "nats.md").read_text()
PROSE = BLOCK.sub("", TEXT)
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("nats_*"))
PARTS = ((86400, "d"), (3600, "h"), (60, "min"))
MESSAGES = (
    *(wire.ChatRequest, wire.VoiceRequest, wire.Job),
    *(wire.ChatChunk, wire.VoiceChunk, wire.JobAnswer),
)
TYPES = {name: name for name in ("str", "bool", "int", "float")}
TYPES |= {"bytes": "bin", "dict": "map", "tuple": "array"}
pytestmark = pytest.mark.unit


def found(heading: str, number: int = 0) -> list[Row]:
    """A table below a heading."""
    parts = HEADING.split(PROSE)
    return tables(parts[parts.index(heading) + 1])[number]


def columns(rows: list[Row]) -> list[list[str]]:
    """A table's cells without code marks."""
    return [[bare(cell) for cell in row.values()] for row in rows]


def age(seconds: float) -> str:
    """As the document writes it."""
    return next(f"{seconds / size:g} {unit}" for size, unit in PARTS if not seconds % size)


def written(annotation: object) -> str:
    """A field's type as the document writes it."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    if text.startswith("typing.Literal"):
        return "str"
    if text.endswith("Any"):
        return "any, nil"
    first, *others = [part.strip() for part in text.split("|")]
    outer = first.partition("[")[0]
    kind = "map" if "." in outer else TYPES[outer]
    return kind + "".join(", nil" if other == "None" else ", absent" for other in others)


@pytest.mark.parametrize("struct", MESSAGES, ids=lambda struct: struct.__name__)
def test_a_message_has_its_fields_in_the_document(struct):
    """All of them, in the order in which they are written, with their types."""
    hints = get_type_hints(struct)
    above = wire.ChatChunk.__struct_fields__ if struct is wire.VoiceChunk else ()
    fields = {name: written(hints[name]) for name in struct.__struct_fields__ if name not in above}
    listed = {row[0]: row[1] for row in columns(found(f"### {struct.__name__}"))}
    assert list(listed.items()) == list(fields.items())


def test_subjects_are_those_that_are_made_and_kept():
    """Each is made by `tritone.nats.subjects`, and kept by the stream that the table names."""
    user, request, kind = "<user_id>", "<request_id>", "<kind>"
    made = [
        subjects.chat_login(user),
        subjects.chat_message(user),
        subjects.chat_greeting(user, kind),
        subjects.chat_stream(request),
        subjects.chat_answer(request),
        subjects.voice_request(user),
        subjects.voice_request(),
        subjects.voice_stream(request),
        subjects.voice_answer(request),
        subjects.pipeline_request(kind),
        subjects.pipeline_answer(kind, request),
        subjects.cancel(request),
        subjects.dead_letters("<area>"),
    ]
    rows = columns(found("## Subjects"))
    assert [row[0] for row in rows] == made
    for subject, _, kept in rows:
        keepers = [
            stream.name
            for stream in STREAMS
            if any(matches(pattern, subject) for pattern in stream.subjects)
        ]
        assert keepers == ([] if kept == "nobody" else [kept]), subject


def matches(pattern: str, subject: str) -> bool:
    """Whether a stream's pattern takes a subject."""
    wild = re.escape(pattern).replace(r"\*", r"[^.]+").replace(">", ".+")
    return re.fullmatch(wild, subject.replace(">", "").replace("<", "")) is not None


def test_streams_and_consumers_are_those_that_are_made():
    """With their subjects, ages and storage."""
    assert columns(found("## Streams")) == [
        [each.name, " ".join(each.subjects), age(each.max_age), each.storage] for each in STREAMS
    ]
    assert columns(found("## Streams", 1)) == [
        [each.name, each.stream, " ".join(each.subjects)] for each in CONSUMERS
    ]
    prose = " ".join(TEXT.split())
    for each in CONSUMERS:
        assert f"{each.ack_wait:g} s without a sign of life" in prose
        assert f"{each.max_deliver} deliveries at most" in prose


def test_headers_of_dead_letters_are_listed():
    """All of them."""
    ours = {text for text in vars(letter).values() if str(text).startswith("Tritone-")}
    assert {row[0] for row in columns(found("## Dead letters"))} == ours - {letter.REDRIVE}
    assert f"`{letter.REDRIVE}`" in TEXT


def test_metrics_are_listed_with_their_labels():
    """In the words of the code."""
    registry = Metrics().registry
    families = {family.name: family for family in registry.collect()}
    listed = {row[0]: row[1:] for row in columns(found("## Watching it"))}
    names = {
        f"{name}_total" if family.type == "counter" else name: family
        for name, family in families.items()
    }
    assert set(listed) == set(names)
    for name, family in names.items():
        assert listed[name][1] == family.documentation


def test_every_setting_is_listed_with_its_default():
    """In the order of the code, in its words."""
    classes = (("TRITONE_NATS__", NatsSettings), ("TRITONE_BRIDGE__", BridgeSettings))
    fields = [("TRITONE_NATS_URL", Settings.model_fields["nats_url"])]
    fields += [
        (prefix + name.upper(), field)
        for prefix, cls in classes
        for name, field in cls.model_fields.items()
    ]
    rows = columns(found("## Settings"))
    assert [row[0] for row in rows] == [name for name, _ in fields]
    for (name, default, meaning), (_, field) in zip(rows, fields, strict=True):
        if default == "below":
            continue
        assert meaning == bare(field.description), name
        nothing = field.default is None or field.default == ""
        assert default == ("none" if nothing else json.dumps(field.default).strip('"')), name
    assert columns(found("## Settings", 1)) == [
        [name, str(field.default.running)]
        for name, field in Lanes.model_fields.items()
        if name != "speech"
    ]


def test_the_client_has_the_calls_that_are_listed():
    """And no other."""
    calls = {
        call
        for row in found("### With our client")
        for call in re.findall(r"(\w+)\([^)]*\)", row["call"])
    }
    public = {name for name in vars(NatsClient) if not name.startswith("_")}
    assert calls == public - {"connect", "close"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_shown_as_it_is(path):
    """Once, below a link to its file."""
    link = rf"^\[`examples/{path.name}`\]\(examples/{path.name}\):\n\n"
    blocks = re.findall(link + BLOCK.pattern.removeprefix("^"), TEXT, re.MULTILINE | re.DOTALL)
    assert [body for _, body in blocks] == [path.read_text()]


def test_the_plain_example_needs_nothing_of_ours():
    """nats-py and msgpack, as any service has them."""
    tree = ast.parse((ROOT / "docs" / "examples" / "nats_chat.py").read_text())
    imported = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))
    assert imported - sys.stdlib_module_names == {"nats", "msgpack"}


def test_links_lead_somewhere():
    """To a heading of this page or of another, or to a file."""
    for target in re.findall(r"\]\(([^)\s]+)\)", PROSE):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        path = ROOT / "docs" / (name or "nats.md")
        assert path.exists(), target
        if anchor:
            slugs = [
                re.sub(r"[^\w\- ]", "", head.lstrip("# ").lower()).replace(" ", "-")
                for head in HEADING.findall(BLOCK.sub("", path.read_text()))
            ]
            assert anchor in slugs, target
