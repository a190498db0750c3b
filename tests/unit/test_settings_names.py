"""Settings under names that others have given them, and what is said of a wrong one."""

from pathlib import Path

import pytest

from tests.unit.cli_kit import isolate, run
from tritone.cli.doctor import variable
from tritone.settings import HouseSettings, Settings, settings
from tritone.settings_problem import settings_problem

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)
    for name in ("LOG_LEVEL", "LOG_FORMAT", "GRPC_LISTEN_ADDR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "level"),
    [("debug", "debug"), ("DEBUG", "debug"), ("Warn", "warning"), ("WARNING", "warning")],
)
@pytest.mark.parametrize("name", ["LOG_LEVEL", "TRITONE_LOG_LEVEL"])
def test_levels_are_understood_as_other_programs_write_them(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, level: str
) -> None:
    """In any case, `warn` too, under the common name and ours."""
    monkeypatch.setenv(name, given)
    assert Settings().log_level == level


def test_our_own_name_counts_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """TRITONE_LOG_FORMAT is what the launcher sets, whatever the user's LOG_FORMAT is."""
    monkeypatch.setenv("LOG_FORMAT", "TEXT")
    assert Settings().log_format == "text"
    monkeypatch.setenv("TRITONE_LOG_FORMAT", "json")
    assert Settings().log_format == "json"


def test_where_it_listens_has_the_contracts_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """GRPC_LISTEN_ADDR, by default port 50052 of every address."""
    assert Settings().grpc_listen_addr == ":50052"
    monkeypatch.setenv("GRPC_LISTEN_ADDR", "127.0.0.1:7")
    assert Settings().grpc_listen_addr == "127.0.0.1:7"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "loud"),
        ("TRITONE_LOG_LEVEL", "loud"),
        ("TRITONE_GRPC_PORT", "0"),
        ("TRITONE_RPC__LANES__MODEL__RUNNING", "0"),
        ("TRITONE_HOUSE__VERIFY_SECONDS", "-1"),
    ],
)
def test_a_wrong_value_is_told_by_the_name_it_was_given_under(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """One line with the variable, exit code 5."""
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    result = run("ask", "hi")
    assert result.exit_code == 5
    assert result.stderr.startswith(f"error SETUP_ERROR: {name}='{value}': ")


def test_other_errors_are_not_taken_for_settings() -> None:
    """They stay what they are."""
    assert settings_problem(ValueError("no")) is None


def test_a_setting_is_shown_under_its_variable() -> None:
    """Its own name, if it has one."""
    assert variable(Settings, "grpc_listen_addr") == "GRPC_LISTEN_ADDR"
    assert variable(Settings, "log_level") == "TRITONE_LOG_LEVEL"
    assert variable(Settings, "host") == "TRITONE_HOST"
    assert variable(HouseSettings, "gateway_addr", "TRITONE_HOUSE__") == "HA_GATEWAY_ADDR"
    assert variable(HouseSettings, "url", "TRITONE_HOUSE__") == "TRITONE_HOUSE__URL"
