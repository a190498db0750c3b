"""A model's version folder holds a choice: it may import the shell, an engine and words."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODELS = sorted(ROOT.glob("*/*/[0-9]*/*.py"))
ALLOWED = {
    "model_repository": (
        "tritone.backend",
        "tritone.engines",
        "tritone.contract",
        "tritone.errors",
    ),
    "ensembles": ("tritone.backend", "tritone.pipelines", "tritone.contract", "tritone.errors"),
}
STANDARD = {"collections.abc", "contextlib"}
pytestmark = pytest.mark.unit


def imports(path: Path) -> set[str]:
    """Every module that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_there_are_models():
    """The test below looks at something."""
    assert len(MODELS) >= 9


@pytest.mark.parametrize("path", MODELS, ids=lambda path: f"{path.parts[-4]}/{path.parts[-3]}")
def test_a_model_imports_only_what_it_may(path):
    """Ensembles do not reach for engines, models do not reach for pipelines or clients."""
    allowed = ALLOWED[path.parts[-4]]
    wrong = {name for name in imports(path) - STANDARD if not name.startswith(allowed)}
    assert not wrong
