"""`joinedup worklist`: whom a neighbourhood team should see next, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from joinedup.cli.output import Exit, say, show_json, show_table

if TYPE_CHECKING:
    from joinedup.actions.worklist import TeamList


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--neighbourhood", required=True, metavar="AREA", help="Its code or its name.")
@click.option(
    "--top", type=click.IntRange(1, 10_000), default=50, help="At most so many people.",
    show_default=True,
)  # fmt: skip
@click.option(
    "--outcome", type=click.Choice(["emergency_admission", "rising_need"]),
    default="emergency_admission", help="Whose risk counts.", show_default=True,
)  # fmt: skip
@click.option(
    "--csv", "path", metavar="FILE", type=click.Path(path_type=Path),
    help="Write the list to FILE too, which only you may read.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def worklist(
    folder: Path, neighbourhood: str, top: int, outcome: str, path: Path | None, as_json: bool
) -> None:
    """Whom the team of a neighbourhood of the system DIR should see next.

    Everybody who lives there is scored as at the newest extract by the model that `joinedup risk
    train` made, and ranked by risk and by what a team can do. What the team answered, in
    DIR/worklists/feedback.csv, keeps people off. People are told by person_id alone, and each look
    is recorded. Exit code 3 where the model should not be used.
    """
    from joinedup.actions.worklist import Wanted, team_list, write_list

    found = team_list(folder, Wanted(neighbourhood, top, outcome))
    written = write_list(found, path) if path else None
    if as_json:
        show_json({"list": found, "written": written})
    else:
        _show(found)
        if path:
            say(f"{written:,} people written to {path}: keep it safe.")
    if found.faults:
        raise click.exceptions.Exit(Exit.FINDINGS)


def _show(found: TeamList) -> None:
    say(f"{found.name} ({found.neighbourhood}), as at {found.as_at}", bold=True)
    say(
        f"Risk of {found.outcome.replace('_', ' ')} within {found.horizon_days} days, "
        f"by model {found.model_version}."
    )
    for fault in found.faults:
        say(f"This model should not be used: {fault}.", fg="red")
    for one in found.people:
        say(f"\n{one.rank:>4}  {one.person_id}  {one.risk_percent:.1f}%", bold=True)
        for what, text in (
            ("seen", one.needs),
            ("high for", one.reasons),
            ("suggested", one.actions),
        ):
            if text:
                say(f"      {what + ':':<11}{text}")
    say(f"\n{len(found.people):,} of {found.residents:,} residents are on the list. The others:")
    show_table(("people", "why not"), [(one.people, one.why) for one in found.left_out])
    if found.not_applied:
        said = ", ".join(name.replace("_", " ") for name in found.not_applied)
        say(f"Rules not applied, as the snapshot has nothing to tell by: {said}.")
    for notice in found.notices:
        say(notice)
