"""docs/edge.md says what the code says."""

import json
import re
from pathlib import Path

import pytest

from edge.errors import body, status
from tests.contract.test_protocol_doc import BLOCK, CLASSES, HEADING, Row, bare, tables
from tritone.errors import TritoneError
from tritone.settings import EdgeSettings, Lanes
from tritone.usecases.embedding import MOST_TEXTS
from tritone.usecases.reranking import MOST_DOCUMENTS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "edge.md").read_text()
PROSE = BLOCK.sub("", TEXT)
SETTINGS = EdgeSettings.model_fields
pytestmark = pytest.mark.unit


def found(heading: str, number: int = 0) -> list[Row]:
    """A table below a heading."""
    parts = HEADING.split(PROSE)
    return tables(parts[parts.index(heading) + 1])[number]


def test_every_error_is_listed_with_its_status_and_type():
    """As the edge answers it: each code once."""
    listed = [
        (int(row["status"]), bare(row["type"]), code)
        for row in found("## Errors")
        for code in bare(row["code"]).split()
    ]
    answers = {
        (status(error), body(error).error.type, body(error).error.code)
        for error in (cls("why") for cls in CLASSES if cls is not TritoneError)
    }
    assert len(listed) == len(set(listed))
    assert set(listed) == answers


def test_every_setting_is_listed_with_its_default():
    """In the order of the code, in its words."""
    rows = found("## Settings")
    prefix = "TRITONE_EDGE__"
    assert [bare(row["variable"]) for row in rows] == [prefix + name.upper() for name in SETTINGS]
    for row, (name, field) in zip(rows, SETTINGS.items(), strict=True):
        assert not field.description or row["meaning"] == field.description
        if row["default"].startswith("["):
            continue  # a table of its own, held to the code below
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        shown = "none" if default is None else json.dumps(default).strip('"')
        assert bare(row["default"]) == shown, name


def test_the_lanes_are_those_of_the_settings():
    """Places and waiting requests."""
    assert {
        bare(row["lane"]): (int(row["running on each Triton"]), int(row["waiting"]))
        for row in found("## Limits")
    } == {
        name: (field.default.running, field.default.waiting)
        for name, field in Lanes.model_fields.items()
    }


def test_the_aliases_are_those_of_the_settings():
    """Each beside the model it stands for."""
    listed = {
        alias: bare(row["model"]).split(", ")[0]
        for row in found("## Models")
        for alias in filter(None, bare(row["alias"]).split(", "))
    }
    assert listed == SETTINGS["aliases"].default


def test_the_limits_are_those_of_the_code():
    """Bytes, seconds, counts."""
    limits = {row["what"]: row["limit"] for row in found("## Limits", 1)}
    edge = EdgeSettings()
    assert limits == {
        "a body without a recording": f"{edge.max_body_bytes // 1024**2} MiB",
        "a body with a recording": f"{edge.max_audio_bytes // 1024**2:,} MiB",
        "a recording": f"{edge.max_audio_seconds:,.0f} s",
        "texts to embed": f"{MOST_TEXTS:,}",
        "documents to rerank": f"{MOST_DOCUMENTS:,}",
    }


def test_links_lead_somewhere():
    """To a heading of this page or of another, or to a file."""
    for target in re.findall(r"\]\(([^)\s]+)\)", PROSE):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        path = ROOT / "docs" / (name or "edge.md")
        assert path.exists(), target
        if anchor:
            headings = HEADING.findall(BLOCK.sub("", path.read_text()))
            slugs = [
                re.sub(r"[^\w\- ]", "", head.lstrip("# ").lower()).replace(" ", "-")
                for head in headings
            ]
            assert anchor in slugs, target
