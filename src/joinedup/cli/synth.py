"""`joinedup synth`: an invented population's extracts in a system's inbox."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from joinedup.cli.output import show_json


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--people", default=50_000, show_default=True, help="How many people to invent.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="The same seed gives the same bytes.",
)
@click.option("--replace", is_flag=True, help="Throw away what was invented here before.")
@click.option(
    "--processes", type=click.IntRange(1), help="How many to draw with; by default all processors."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def synth(
    folder: Path, people: int, seed: int, replace: bool, processes: int | None, as_json: bool
) -> None:
    """Fill the inbox of the system DIR with an invented population's extracts.

    People are drawn from the margins of the system's area pack. Every partner sends what it
    would really send, slips and damaged files included. Who is who goes to DIR/truth, which a
    run never reads.
    """
    from joinedup.actions.synth import synth as invent

    with _progress(quiet=as_json) as done:
        made = invent(
            folder,
            people=people,
            seed=seed,
            replace=replace,
            processes=processes,
            done=done,
        )
    if as_json:
        show_json(made)
        return
    click.echo(f"{made.people:,} invented people in {made.folder}")
    for feed, rows in made.rows.items():
        click.echo(f"  {feed:<18}{rows:>14,} rows")
    click.echo(f"  {made.files} files, {made.bytes / 1e6:,.0f} MB, {made.seconds:.1f} seconds")
    click.echo(f"Who is who: {made.truth}")
    click.echo(f'Next: joinedup run "{made.folder}"')


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr of how many people are written; nothing where it is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda people, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("people", total=None)
        yield lambda people, of: bar.update(task, completed=people, total=of)
