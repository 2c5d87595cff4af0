"""`joinedup status`: what serves, how fresh, what was refused."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.output import say, show_json, show_table


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(folder: Path, as_json: bool) -> None:
    """What serves in the system DIR, how fresh each feed is, and what was refused."""
    from joinedup.actions.status import status as read

    found = read(folder)
    if as_json:
        show_json(found)
        return
    say(f"{found.system}: snapshot {found.snapshot}, made {found.made_at}")
    say(
        f"{found.persons:,} people from {found.identities:,} partners' records, "
        f"{found.events:,} events"
    )
    show_table(
        ("partner", "feed", "newest extract", "days old", "files", "accepted", "quarantined"),
        [
            (
                feed.partner,
                feed.feed,
                feed.newest_extract_date or "not known",
                "" if feed.age_days is None else feed.age_days,
                feed.files,
                feed.accepted,
                feed.quarantined,
            )
            for feed in found.feeds
        ],
    )
    for one in found.files:
        if one.outcome == "rejected":
            say(f"refused: {one.file}: {one.reason}")
    for name in found.waiting:
        say(f"waiting until complete: {name}")
