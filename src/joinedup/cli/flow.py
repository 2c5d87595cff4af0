"""`joinedup flow`: how people move between organisations, with small numbers hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from joinedup.cli.output import say, show_json, show_table

if TYPE_CHECKING:
    from joinedup.actions.flow import Answer, Dates

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DAY: Final = click.DateTime(["%Y-%m-%d"])
_MOST_ROWS: Final = 40
_SVG: Final = click.option(
    "--svg", metavar="FILE", type=click.Path(path_type=Path), help="Draw it to FILE."
)


def _asked(command: _Command) -> _Command:
    """The words that all questions take."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--csv", metavar="FILE", type=click.Path(path_type=Path),
                     help="Write all rows to FILE."),
        click.option("--to", "end", metavar="DATE", type=_DAY, help="First day after the period."),
        click.option("--from", "start", metavar="DATE", type=_DAY,
                     help="First day of the period, as 2024-04-01; without, the newest year "
                     "of which every month has its events."),
        click.argument("folder", metavar="DIR", type=click.Path(path_type=Path)),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def flow() -> None:
    """How people move between organisations, and where they wait. Small numbers are hidden."""


@flow.command()
@_asked
@_SVG
def handoffs(svg: Path | None, folder: Path, **asked: Any) -> None:
    """Who hands people on to whom, with waits and who is stuck; --svg draws the Sankey."""
    from joinedup.actions.flow import look_at_handoffs

    _show(look_at_handoffs(folder, _dates(asked), svg), asked, svg)


@flow.command()
@_asked
def delays(folder: Path, **asked: Any) -> None:
    """Delay days by organisation and month, their share of bed days, and why."""
    from joinedup.actions.flow import look_at_delays

    _show(look_at_delays(folder, _dates(asked)), asked)


@flow.command()
@_asked
@click.option("--footprint", default="", metavar="AREA",
              help="Residents of this place or neighbourhood alone, by code or name.")  # fmt: skip
def where(footprint: str, folder: Path, **asked: Any) -> None:
    """Residents of each area by provider, inflow and outflow, and services that reach wider."""
    from joinedup.actions.flow import look_at_where

    _show(look_at_where(folder, _dates(asked), footprint), asked)


@flow.command()
@_asked
def overlap(folder: Path, **asked: Any) -> None:
    """How many people each two teams share, and how many have many teams and no coordinator."""
    from joinedup.actions.flow import look_at_overlap

    _show(look_at_overlap(folder, _dates(asked)), asked)


@flow.command()
@_asked
def demand(folder: Path, **asked: Any) -> None:
    """Emergency use of each neighbourhood against what age, sex and need would foretell."""
    from joinedup.actions.flow import look_at_demand

    _show(look_at_demand(folder, _dates(asked)), asked)


@flow.command()
@_asked
@click.option("--trust", required=True, metavar="CODE", help="The trust, by its ODS code.")
@_SVG
def beds(trust: str, svg: Path | None, folder: Path, **asked: Any) -> None:
    """Occupied beds of a trust if delay days fell by a fifth, or arrivals rose by 5%."""
    from joinedup.actions.flow import look_at_beds

    _show(look_at_beds(folder, _dates(asked), trust, svg), asked, svg)


def _dates(asked: dict[str, Any]) -> Dates:
    from joinedup.actions.flow import Dates

    start, end = (
        day.date() if isinstance(day := asked[name], dt.datetime) else None
        for name in ("start", "end")
    )
    return Dates(start, end)


def _show(answer: Answer, asked: dict[str, Any], svg: Path | None = None) -> None:
    from joinedup.actions.flow import write_csv

    written = write_csv(answer, asked["csv"]) if asked["csv"] else None
    if asked["as_json"]:
        show_json(_as_json(answer))
        return
    say(f"{answer.question}: {answer.start} until before {answer.end}", bold=True)
    for part in answer.parts:
        say(f"\n{part.title}")
        _show_part(part.columns, part.rows)
        if part.hidden:
            say(f"  {part.hidden:,} figures are hidden.")
    say("")
    for note in answer.notes:
        say(note)
    if written is not None:
        say(f"{written:,} rows written to {asked['csv']}.")
    if svg:
        say(f"Drawn to {svg}.")


def _show_part(columns: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> None:
    from joinedup.actions.flow import NOT_SHOWN

    if not rows:
        say("  Nothing that may be shown.")
        return
    words = {NOT_SHOWN: "hidden", None: "-"}
    head = [name.replace("_", " ") for name in columns]
    show_table(head, [[words.get(cell, cell) for cell in row] for row in rows[:_MOST_ROWS]])
    if len(rows) > _MOST_ROWS:
        say(f"  … and {len(rows) - _MOST_ROWS:,} more: --csv FILE or --json has all.")


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "snapshot": answer.snapshot,
        "from": answer.start,
        "to": answer.end,
        "as_at": answer.as_at,
        "notes": answer.notes,
        "hidden": sum(part.hidden for part in answer.parts),
        "tables": {part.name: list(part.records()) for part in answer.parts},
    }
