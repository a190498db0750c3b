"""docs/house.md lists what an audit record holds, as the code writes it."""

from pathlib import Path

import pytest

from tests.contract.test_protocol_doc import BLOCK, HEADING, bare, tables
from tritone.usecases.house.audit import AuditRecord
from tritone.usecases.house.audit_file import MOST_BYTES

pytestmark = pytest.mark.unit

TEXT = BLOCK.sub("", (Path(__file__).parents[2] / "docs" / "house.md").read_text())


def test_every_field_of_a_record_is_listed():
    """In the order of the file's lines."""
    parts = HEADING.split(TEXT)
    [table] = tables(parts[parts.index("## Audit") + 1])
    assert [bare(row["field"]) for row in table] == list(AuditRecord.__struct_fields__)
    assert f"{MOST_BYTES // 2**20} MiB" in TEXT
