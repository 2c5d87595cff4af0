"""`joinedup demo`: the main job on an invented system."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.output import show_json, telling
from joinedup.cli.run import show_outcome


@click.command()
@click.argument("folder", metavar="DIR", default="demo", type=click.Path(path_type=Path))
@click.option("--people", type=click.IntRange(min=500), default=50_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def demo(folder: Path, people: int, as_json: bool) -> None:
    """Make an invented system in DIR (demo) and run the main job on it. Nobody in it is real."""
    from joinedup.actions.demo import demo as make

    with telling(quiet=as_json) as tell:
        outcome = make(folder, people=people, tell=tell)
    if as_json:
        show_json(outcome)
        return
    show_outcome(outcome)
    click.echo("\nEvery person in it is invented. Some files are damaged on purpose. Try next:")
    click.echo(f"  joinedup status {folder}")
    click.echo(f"  joinedup person {folder} {outcome.example_person_id}")
    click.echo(f"  joinedup linkage score {folder} --truth {folder / 'truth' / 'truth.parquet'}")
