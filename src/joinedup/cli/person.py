"""`joinedup person`: one person's history across partners."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from joinedup.cli.output import say, show_json, show_table

if TYPE_CHECKING:
    from joinedup.actions.person import PersonHistory


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("person_id")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def person(folder: Path, person_id: str, as_json: bool) -> None:
    """The history of PERSON_ID across partners in the system DIR, and who is involved now.

    The look is recorded.
    """
    from joinedup.actions.person import person_history

    history = person_history(folder, person_id)
    if as_json:
        show_json(history)
    else:
        _show(history)


def _show(person: PersonHistory) -> None:
    say(f"Person {person.person_id}")
    for earlier in person.followed:
        say(f"  {earlier} was merged or split and led here")
    born = f"{person.birth_month:%B %Y}" if person.birth_month else "not known"
    died = f", died {person.death_date}" if person.death_date else ""
    say(f"  {person.sex or 'sex not known'}, born {born}{died}")
    say(
        f"  practice {person.practice_code or 'not known'}, "
        f"small area {person.lsoa_code or 'not known'}"
    )
    say(f"  {person.identities} records at {person.partners} partners")
    say(f"\nInvolved in the {person.involved_days} days to {person.as_at}, or still open:")
    show_table(
        ("organisation", "setting", "contacts", "last", "open"),
        [
            (
                one.organisation_name or one.organisation,
                one.setting.replace("_", " "),
                one.contacts,
                f"{one.last_at:%Y-%m-%d}",
                "open" if one.has_open else "",
            )
            for one in person.involved
        ],
    )
    say("\nHistory, latest first:")
    show_table(
        ("when", "what", "where", "codes", "source", "known"),
        [
            (
                f"{item.start_at:%Y-%m-%d %H:%M}",
                " ".join(
                    filter(None, (item.urgency, item.setting, item.kind, item.outcome))
                ).replace("_", " "),
                item.organisation_name or item.organisation,
                ", ".join(item.codes),
                f"{item.file}:{item.source_row}",
                item.known_date,
            )
            for item in person.history
        ],
    )
