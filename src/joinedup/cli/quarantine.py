"""`joinedup quarantine`: which rows were refused, and the rows themselves for mending."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.output import say, show_json, show_table


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--partner", default="", metavar="CODE", help="Of this partner alone.")
@click.option("--feed", default="", metavar="NAME", help="Of this feed alone, such as admissions.")
@click.option("--rule", default="", metavar="RULE", help="Refused by this rule alone.")
@click.option(
    "--csv", "path", metavar="FILE", type=click.Path(path_type=Path),
    help="Write the rows as received, patients' values and all, to FILE.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def quarantine(
    folder: Path, partner: str, feed: str, rule: str, path: Path | None, as_json: bool
) -> None:
    """How many rows of the system DIR were refused, by feed and reason; with --csv, the rows.

    FILE names patients: only you may read it, and the look is recorded. A cell that a spreadsheet
    would take for a formula begins with a single quotation mark there.
    """
    from joinedup.actions.quarantine import Wanted, count_refused, write_refused

    wanted = Wanted(partner, feed, rule)
    written = write_refused(folder, wanted, path) if path else None
    counted = count_refused(folder, wanted)
    if as_json:
        show_json({"refused": counted, "written": written})
        return
    if not counted:
        say("No row was refused.")
        return
    show_table(
        ("partner", "feed", "rule", "column", "rows", "what to do"),
        [(one.partner, one.feed, one.rule, one.column, one.rows, one.cure) for one in counted],
    )
    if path:
        say(f"{written:,} rows written to {path}: it names patients, so keep it safe.")
