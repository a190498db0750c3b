"""docs/aiservice.md says what the code says."""

import json
import re
from pathlib import Path

import pytest

from bridge.calls.errors import status
from bridge.rpc.metrics import Lanes, Metrics
from tests.contract.test_protocol_doc import BLOCK, CLASSES, HEADING, Row, bare, tables
from tritone.access.admission import Admission
from tritone.errors import TritoneError
from tritone.protos.ai.v1 import ai_pb2
from tritone.settings import RpcLanes, RpcSettings, Settings
from tritone.usecases.house.asking import MOST_CHARS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "aiservice.md").read_text()
PROSE = BLOCK.sub("", TEXT)
BOT = ROOT / "docs" / "examples" / "discord_bot.py"
pytestmark = pytest.mark.unit


def found(heading: str, number: int = 0) -> list[Row]:
    """A table below a heading."""
    parts = HEADING.split(PROSE)
    return tables(parts[parts.index(heading) + 1])[number]


def columns(rows: list[Row]) -> list[list[str]]:
    """A table's cells without code marks."""
    return [[bare(cell) for cell in row.values()] for row in rows]


def kind(field) -> str:
    """A field's type as the document writes it."""
    inner = field.message_type or field.enum_type
    if field.message_type and field.message_type.GetOptions().map_entry:
        return "map of strings"
    name = (
        inner.name if inner else {field.TYPE_STRING: "string", field.TYPE_BOOL: "bool"}[field.type]
    )
    return f"repeated {name}" if field.is_repeated else name


def test_every_field_of_the_contract_is_listed():
    """With its number and type, in the order of the protocol."""
    messages = ("QueryRequest", "QueryResponse", "Action")
    fields = [
        [name, field.name, str(field.number), kind(field)]
        for name in messages
        for field in ai_pb2.DESCRIPTOR.message_types_by_name[name].fields
    ]
    assert [row[:4] for row in columns(found("## The contract"))] == fields
    assert f"{MOST_CHARS:,} characters" in TEXT


def test_the_contract_has_not_changed():
    """What clients were built with: these names and numbers, for ever."""
    request, response = (
        {field.name: field.number for field in message.DESCRIPTOR.fields}
        for message in (ai_pb2.QueryRequest, ai_pb2.QueryResponse)
    )
    assert request == {"text": 1, "source": 2}
    assert {"reply": 1, "intent": 2, "action_taken": 3}.items() <= response.items()
    (service,) = ai_pb2.DESCRIPTOR.services_by_name.values()
    query = service.methods_by_name["Query"]
    assert (service.full_name, query.input_type.name, query.output_type.name) == (
        "ai.v1.AIService",
        "QueryRequest",
        "QueryResponse",
    )
    assert not query.server_streaming


def test_every_error_is_listed_with_its_status():
    """Each code once."""
    listed = [(row[0], code) for row in columns(found("## Errors")) for code in row[1].split()]
    answers = {(status(cls("why")).name, cls.code) for cls in CLASSES if cls is not TritoneError}
    assert len(listed) == len(set(listed))
    assert set(listed) == answers


def test_the_limits_are_those_of_the_settings():
    """Places and waiting queries."""
    assert columns(found("## Limits")) == [
        [name, str(lane.running), str(lane.waiting)] for name, lane in RpcLanes()
    ]


def test_metrics_are_listed_in_the_words_of_the_code():
    """All of them, those of the queues too."""
    registry = Metrics().registry
    registry.register(Lanes(Admission(RpcLanes(), 1, lambda: 1)))
    families = {
        f"{family.name}_total" if family.type == "counter" else family.name: family.documentation
        for family in registry.collect()
    }
    assert {row[0]: row[2] for row in columns(found("## Watching it"))} == families


def test_every_setting_is_listed_with_its_default():
    """In the order of the code, in its words."""
    rows = columns(found("## Settings"))
    fields = [("GRPC_LISTEN_ADDR", Settings.model_fields["grpc_listen_addr"])]
    fields += [
        (f"TRITONE_RPC__{name.upper()}", field) for name, field in RpcSettings.model_fields.items()
    ]
    assert [row[0] for row in rows] == [name for name, _ in fields]
    for (name, default, meaning), (_, field) in zip(rows, fields, strict=True):
        assert meaning == bare(field.description), name
        if name != "TRITONE_RPC__LANES":  # a table of its own
            shown = "none" if field.default is None else json.dumps(field.default).strip('"')
            assert default == shown, name


def test_the_bot_is_shown_as_it_is():
    """Below a link to its file, and with nothing of ours but the protocol."""
    link = rf"^\[`examples/{BOT.name}`\]\(examples/{BOT.name}\):\n\n"
    blocks = re.findall(link + BLOCK.pattern.removeprefix("^"), TEXT, re.MULTILINE | re.DOTALL)
    assert [body for _, body in blocks] == [BOT.read_text()]
    assert "tritone" not in BOT.read_text()


def test_links_lead_somewhere():
    """To a heading of this page or of another, or to a file."""
    for target in re.findall(r"\]\(([^)\s]+)\)", PROSE):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        path = ROOT / "docs" / (name or "aiservice.md")
        assert path.exists(), target
        if anchor:
            slugs = [
                re.sub(r"[^\w\- ]", "", head.lstrip("# ").lower()).replace(" ", "-")
                for head in HEADING.findall(BLOCK.sub("", path.read_text()))
            ]
            assert anchor in slugs, target
