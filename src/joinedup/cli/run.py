"""`joinedup run`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from joinedup.cli.output import Exit, say, show_json, telling

if TYPE_CHECKING:
    from joinedup.actions.run import RunOutcome


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--engine", type=click.Choice(("duckdb", "spark")), help="Instead of what system.toml names."
)
@click.option("--rebuild", is_flag=True, help="Read every file again and make all tables anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run(folder: Path, engine: str | None, rebuild: bool, as_json: bool) -> int:
    """Take in what partners sent to the system DIR and publish one population.

    Exits with 3 when a file was refused as a whole; refused rows are an everyday matter.
    """
    from joinedup.actions.run import run as run_system

    with telling(quiet=as_json) as tell:
        outcome = run_system(folder, engine=engine or "", rebuild=rebuild, tell=tell)
    if outcome.notice:
        say(f"Warning: the snapshot before was damaged: {outcome.notice}.", err=True)
    if as_json:
        show_json(outcome)
    else:
        show_outcome(outcome)
    refused = any(one.outcome == "rejected" for one in outcome.files)
    return Exit.FINDINGS if refused else Exit.OK


def show_outcome(outcome: RunOutcome) -> None:
    """What a run did, in a few lines on stdout."""
    accepted = sum(one.accepted for one in outcome.files)
    quarantined = sum(one.quarantined for one in outcome.files)
    say(f"Snapshot {outcome.snapshot} now serves.")
    say(f"  {outcome.persons:,} people from {outcome.identities:,} partners' records")
    say(f"  {outcome.events:,} events")
    say(f"  {len(outcome.files):,} files: {accepted:,} rows accepted, {quarantined:,} quarantined")
    for one in outcome.files:
        if one.outcome == "rejected":
            say(f"  refused: {one.file}: {one.reason}")
    for name in outcome.waiting:
        say(f"  waiting until complete: {name}")
    seconds = sum(step.seconds for step in outcome.steps)
    peak = max(step.peak_mb for step in outcome.steps)
    say(f"  {seconds:.1f} seconds, at most {peak:,} MB")
    say(f"Read {outcome.report}")
