"""Results on stdout, progress and messages on stderr; JSON always valid, errors included."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, TextIO

import click

from joinedup.terms import SnapshotWarning
from joinedup.terms.shown import visible, visible_json, visible_line


class Exit(enum.IntEnum):
    """Exit codes, the same for every verb."""

    OK = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3


def show_json(value: Any) -> None:
    """Print one JSON object on stdout: a frozen dataclass, or a mapping of plain values."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=1, default=_other)
    click.echo(visible_json(text))


def say(text: str, **style: Any) -> None:
    """Print text on stdout, with whatever would move the cursor or hide words written out."""
    click.secho(visible(text), **style)


def show_error(what: str, where: str, cure: str, *, as_json: bool) -> None:
    """Say what is wrong, where, and what to do next."""
    if as_json:
        show_json({"error": what, "where": where, "cure": cure})
        return
    place = f"{where}: " if where else ""
    said = visible_line(f"{place}{what}")
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {said}", err=True)
    if cure:
        click.echo(f"  {visible_line(cure)}", err=True)


def show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Say on stderr what must not be overlooked; other packages' warnings are not for users."""
    if issubclass(category, SnapshotWarning):
        said = visible_line(str(message))
        click.echo(f"{click.style('Warning:', fg='yellow', bold=True)} {said}", err=True)


@contextmanager
def telling(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """What an action tells its progress to: one line on stderr that changes with what goes on
    and the time taken; nobody where that is no terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    began = time.perf_counter()
    with Console(stderr=True).status("") as status:

        def tell(what: str) -> None:
            minutes, seconds = divmod(int(time.perf_counter() - began), 60)
            status.update(f"[dim]{minutes}:{seconds:02d}[/] {escape(what)}")

        yield tell


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value != value:  # NaN is no JSON
        return None
    return value


def _other(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} is no JSON")


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table on stdout, its columns as wide as what they hold."""
    texts = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *texts, strict=True)]
    for line in (head, *texts):
        cells = zip(line, widths, strict=True)
        click.echo("  " + "  ".join(cell.ljust(width) for cell, width in cells).rstrip())


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else visible_line(str(value))
