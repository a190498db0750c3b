"""`tritone doctor`: what is missing here, and how to mend it."""

import json
from typing import TYPE_CHECKING, Any, Final

import typer

from tritone.cli.flags import Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from rich.console import Console

    from tritone.cli.checks import Finding
    from tritone.cli.output import Output
    from tritone.settings import Settings

__all__ = ["doctor", "variable"]

_MARKS: Final = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "bold red")}
_PLAIN: Final = {"ok": "ok", "warning": "!", "failed": "X"}
_SECRET: Final = ("key", "password", "secret", "token")


def doctor(as_json: Json = False) -> None:
    """Check this machine, the installation, the weights and a running server.

    Every model of a running server is asked for one tiny inference. Exits
    with 0 when all that is needed works, with 1 when something does not.

    Examples:
      tritone doctor
      tritone doctor --json | jq '.findings[] | select(.state == "failed")'
    """
    from tritone.cli import connection
    from tritone.cli.output import Output
    from tritone.settings import settings

    out = Output(as_json)
    with out.working("looking …"):
        findings = connection.run(_look(settings()))
    values = _settings_in_force(settings())
    healthy = all(finding.state != "failed" for finding in findings)
    if as_json:
        _print_json(out, findings, values, healthy)
    else:
        _print(out, findings, values)
    if not healthy:
        raise typer.Exit(1)


async def _look(settings: "Settings") -> "list[Finding]":
    from tritone.cli import checks, listening, probes

    found = [*checks.environment(settings), probes.microphone()]
    found += [*checks.installation(settings), *checks.weights(settings)]
    found += [finding async for finding in listening.ports(settings)]
    found += [finding async for finding in probes.server(settings)]
    return found


def _settings_in_force(settings: "Settings") -> dict[str, tuple[str, bool]]:
    """Each setting's variable: its value, and whether somebody set it. Secrets are masked."""
    return dict(_of(settings, settings.model_dump(mode="json"), "TRITONE_"))


def _of(
    part: "BaseModel", values: dict[str, Any], prefix: str
) -> "Iterator[tuple[str, tuple[str, bool]]]":
    """Those of a part, and of the parts of it that have variables of their own."""
    from pydantic import BaseModel

    for name, value in values.items():
        inner = getattr(part, name)
        if isinstance(inner, BaseModel) and prefix == "TRITONE_":
            yield from _of(inner, value, f"{prefix}{name.upper()}__")
        else:
            mine = name in part.model_fields_set
            yield variable(type(part), name, prefix), (_shown(name, value), mine)


def variable(part: "type[BaseModel]", name: str, prefix: str = "TRITONE_") -> str:
    """The environment variable of a setting: its own name for it, if it has one."""
    from pydantic import AliasChoices

    alias = part.model_fields[name].validation_alias
    if isinstance(alias, AliasChoices):
        alias = str(alias.choices[0])
    return alias if isinstance(alias, str) else f"{prefix}{name.upper()}"


def _shown(name: str, value: Any) -> str:
    from tritone.nats.address import shown

    text = ":".join(value) if isinstance(value, list) else _text(value)
    secret = any(word in name for word in _SECRET) and not name.endswith("_file")
    return "(set)" if secret and text else shown(text) if "://" in text else text


def _text(value: Any) -> str:
    """A value the way its variable is written."""
    return json.dumps(value) if isinstance(value, bool | dict) and value != {} else str(value or "")


def _print_json(
    out: "Output", findings: "list[Finding]", values: dict[str, tuple[str, bool]], healthy: bool
) -> None:
    import dataclasses

    out.event(
        healthy=healthy,
        findings=[dataclasses.asdict(finding) for finding in findings],
        settings={name: value for name, (value, _) in values.items()},
    )


def _print(out: "Output", findings: "list[Finding]", values: dict[str, tuple[str, bool]]) -> None:
    from rich.text import Text

    part = ""
    for finding in findings:
        if finding.part != part:
            part = finding.part
            out.line(part, style="bold")
        mark, style = _mark(finding.state, out.results)
        out.results.print(
            Text.assemble(
                "  ", (mark, style), " ", (f"{finding.name:20} ", ""), (finding.found, "")
            ),
            soft_wrap=True,
        )
        if finding.fix:
            out.line(f"    → {finding.fix}", style=style)
    out.line("settings in force (* set by you)", style="bold")
    for name, (value, mine) in values.items():
        out.line(f"  {'*' if mine else ' '} {name:32} {value}", style=None if mine else "dim")
    failed = sum(finding.state == "failed" for finding in findings)
    warned = sum(finding.state == "warning" for finding in findings)
    remarks = f" ({warned} remark{'s' if warned != 1 else ''})" if warned else ""
    if failed:
        out.line(f"{failed} to mend{remarks}", style="bold red")
    else:
        out.line(f"all that is needed works{remarks}", style="bold green")


def _mark(state: str, console: "Console") -> tuple[str, Any]:
    mark, style = _MARKS[state]
    return (mark if console.encoding.startswith("utf") else _PLAIN[state]), style
