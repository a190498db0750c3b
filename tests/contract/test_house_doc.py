"""docs/house.md says what the code says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bridge.gateway.door import MOST_CALLS
from tests.contract.test_protocol_doc import BLOCK, HEADING, Row, bare, tables
from tests.unit.house.certificates_kit import VARIABLES
from tests.unit.house.gateway_kit import Held, gateway
from tritone.house.certificates import Files
from tritone.house.handshake import handshake
from tritone.house.offered import MOST_ENTITIES
from tritone.house.rotation import LOOK_SECONDS
from tritone.intents.table import INTENTS
from tritone.settings import GatewaySettings, HouseSettings
from tritone.usecases.house.audit import AuditRecord
from tritone.usecases.house.audit_file import MOST_BYTES

TEXT = (Path(__file__).parents[2] / "docs" / "house.md").read_text()
PROSE = BLOCK.sub("", TEXT)
pytestmark = pytest.mark.unit


def found(heading: str) -> list[Row]:
    """The table below a heading."""
    parts = HEADING.split(PROSE)
    (rows,) = tables(parts[parts.index(heading) + 1])
    return rows


def variable(prefix: str, name: str, alias: object) -> str:
    """The environment variable of a setting."""
    spellings = getattr(alias, "choices", None) or [alias]
    return str(spellings[0] or f"{prefix}__{name.upper()}")


def test_every_intent_is_listed():
    """With what it is about, its details and its action, in the table's order."""
    declared = [
        [
            spec.name,
            " ".join(spec.things),
            " ".join(slot.name for slot in spec.slots),
            spec.action,
        ]
        for spec in INTENTS.values()
    ]
    assert [[bare(cell) for cell in row.values()] for row in found("## Intents")] == declared


@pytest.mark.parametrize(
    ("settings", "prefix"),
    [(HouseSettings, "TRITONE_HOUSE"), (GatewaySettings, "TRITONE_GATEWAY")],
)
def test_every_setting_is_listed(settings, prefix):
    """With its variable, and its default where it has one of its own."""
    listed = {bare(row["variable"]): bare(row["default"]) for row in found("## Settings")}
    for name, field in settings.model_fields.items():
        default = listed.pop(variable(prefix, name, field.validation_alias))
        if isinstance(field.default, float):
            assert default == f"{field.default:g}"
        elif isinstance(field.default, str) and field.default:
            assert default == field.default
    ours = ("TRITONE_HOUSE", "HA_GATEWAY") if prefix == "TRITONE_HOUSE" else (prefix,)
    assert not [name for name in listed if name.startswith(ours)]


def test_every_field_of_the_audit_is_listed():
    """In the record's order."""
    fields = [bare(row["field"]) for row in found("## Audit")]
    assert fields == list(AuditRecord.__struct_fields__)


@pytest.mark.parametrize(
    "said",
    [
        f"{MOST_ENTITIES:,} things at most",
        f"Every {LOOK_SECONDS:g} seconds both ends look",
        f"| {MOST_CALLS} calls are running |",
        f"At {MOST_BYTES // 2**20} MiB the file is put aside",
    ],
)
def test_numbers_are_those_of_the_code(said):
    """Limits are what the document says they are."""
    assert said in TEXT


@pytest.fixture
def typed(tmp_path):
    """A folder in which the document's commands for certificates have been typed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    subprocess.run(
        ["bash", "-euc", commands], cwd=tmp_path, check=True, capture_output=True, timeout=60
    )
    return tmp_path


async def test_the_commands_for_certificates_make_good_ones(typed):
    """What the document tells to type makes two ends that take each other."""
    server, ours = (
        Files(
            ca=typed / "ca.pem",
            certificate=typed / f"{name}.pem",
            key=typed / f"{name}.key",
            variables=VARIABLES,
        )
        for name in ("gateway", "tritone")
    )
    async with gateway(Held(), server) as door:
        done = await handshake(f"127.0.0.1:{door.port}", ours, "gateway.home")
    assert done.theirs.names == ("gateway.home",)
    assert done.ours.names == ("tritone",)
    assert done.theirs.issuer == "CN=home authority"
