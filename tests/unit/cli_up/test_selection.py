"""Which models and weights `tritone up` takes, and what it fetches of them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.cli_kit import isolate, run
from tests.unit.cli_up.up_kit import FakeSupervisor, repository_with
from tritone.cli import serving
from tritone.cli.journal import Journal
from tritone.cli.selection import select
from tritone.errors import SetupError
from tritone.settings import Settings

pytestmark = pytest.mark.unit


def test_light_set_reaches_the_models(supervisor: type[FakeSupervisor]) -> None:
    """`--set light` overrides the weights of each model that has others."""
    run("up", "--set", "light")
    assert supervisor.last.environment == {
        "TRITONE_WEIGHTS_SET": "light",
        "TRITONE_MODELS__STT__WEIGHTS": "whisper-tiny-en,silero-vad",
        "TRITONE_MODELS__LLM__WEIGHTS": "smollm2-135m",
    }


def test_missing_weights_are_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is not there is fetched; offline only from local folders."""
    asked: list[tuple[list[str], Any]] = []
    monkeypatch.setattr(
        serving,
        "fetch_with_progress",
        lambda _s, names, _c, sources: asked.append((names, sources)),
    )
    monkeypatch.setattr(
        serving.Store,
        "status",
        lambda _self, name: SimpleNamespace(state="ready" if name == "silero-vad" else "missing"),
    )
    settings = Settings(offline=True)
    serving._fetch(settings, select(settings), Journal("error", "text"))
    ((names, sources),) = asked
    assert "silero-vad" not in names
    assert "whisper-base" in names
    assert sources == ("path",)


def test_default_set_is_what_the_configs_say() -> None:
    """Without a set nothing is overridden, whatever a config names."""
    selection = select(Settings())
    assert selection.models == ("llm", "stt")
    assert selection.weights == ("qwen2.5-coder-0.5b", "whisper-base", "silero-vad")
    assert selection.environment == {"TRITONE_WEIGHTS_SET": "default"}


def test_own_choice_wins_over_the_set() -> None:
    """Weights that somebody named for a model are kept, and are what is fetched."""
    chosen = Settings(models={"llm": {"weights": "qwen2.5-coder-1.5b"}}, weights_set="light")
    selection = select(chosen)
    assert selection.weights == ("qwen2.5-coder-1.5b", "whisper-tiny-en", "silero-vad")
    assert "TRITONE_MODELS__LLM__WEIGHTS" not in selection.environment


def test_models_without_weights(tmp_path: Path) -> None:
    """A model that loads nothing is counted, and left alone."""
    repository = repository_with(tmp_path / "ensembles", chat="")
    selection = select(Settings(repositories=(repository,), weights_set="light"))
    assert (selection.models, selection.weights) == (("chat",), ())


def test_repositories_that_cannot_be_used(tmp_path: Path) -> None:
    """A missing or empty repository, or a broken config, is told as such."""
    with pytest.raises(SetupError, match="no model repository"):
        select(Settings(repositories=(tmp_path / "nothing",)))
    with pytest.raises(SetupError, match="empty"):
        select(Settings(repositories=(tmp_path,)))
    (tmp_path / "models" / "stt" / "config.pbtxt").write_text("name: ")
    with pytest.raises(SetupError, match="cannot be read"):
        select(Settings())


def test_shipped_configs_have_a_light_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every weights of the real repositories has a counterpart in the light set."""
    isolate(monkeypatch, tmp_path)
    selection = select(Settings(), "light")
    assert len(selection.models) == 9
    assert {"whisper-tiny-en", "smollm2-135m"} <= set(selection.weights)
    assert not {"whisper-base", "qwen2.5-coder-0.5b"} & set(selection.weights)
