"""`joinedup check`: what is wrong with a file, before it is sent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from joinedup.cli.output import Exit, say, show_json

if TYPE_CHECKING:
    from joinedup.actions.check import FileCheck


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--feed", required=True, metavar="PARTNER/FEED", help="The feed to check it against.")
@click.option(
    "--system",
    "folder",
    metavar="DIR",
    default=Path(),
    show_default="this folder",
    type=click.Path(path_type=Path),
    help="The system folder that has the feed.",
)
@click.option("--show-values", is_flag=True, help="Show refused rows, patients' values and all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: Path, feed: str, folder: Path, show_values: bool, as_json: bool) -> int:
    """Tell what is wrong with FILE before it is sent: how often, where first, and the cure.

    Nothing is kept, and no patient's value is shown unless you ask. Exits with 0 when the file is
    clean and with 3 when something was found.
    """
    from joinedup.actions.check import check as check_file

    found = check_file(folder, file, feed, show_values=show_values)
    if as_json:
        show_json(found)
    else:
        _show(found, feed)
    return Exit.OK if found.is_clean else Exit.FINDINGS


def _show(found: FileCheck, feed: str) -> None:
    account = found.account
    say(f"{account.file} as {feed}: {account.lines:,} lines, {account.encoding}")
    if account.outcome != "accepted":
        say("The whole file is refused.", fg="red", bold=True)
        say(f"  {account.reason}")
    elif found.is_clean:
        say(f"Clean: all {account.accepted:,} rows would be accepted.", fg="green")
    else:
        say(
            f"{account.accepted:,} rows would be accepted, {account.quarantined:,} quarantined "
            f"({account.quarantined_lines:,} lines), {account.header_or_blank:,} header or blank"
        )
        _show_findings(found)
    for note in found.notes:
        say(f"Note: {note}")
    for row in found.refused_rows:
        say(f"\nline {row.line}: {', '.join(row.rules)}\n{row.row}")


def _show_findings(found: FileCheck) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not sys.stdout.isatty():
        for one in found.findings:
            where = f" {one.column}:" if one.column else ""
            say(
                f"{one.severity}: {one.rule}:{where} {one.rows:,} rows, first on line "
                f"{one.first_line:,}: {one.says}. {one.cure}"
            )
        return
    table = Table(header_style="bold", box=SIMPLE_HEAD)
    table.add_column("Rows", justify="right")
    table.add_column("First line", justify="right")
    table.add_column("What is wrong, and what to do")
    for one in found.findings:
        says = Text(one.says, style="red" if one.severity == "refuse" else "yellow")
        if one.column:
            says.append(f": {one.column}", style="bold")
        kept = "" if one.severity == "refuse" else " (the row is kept)"
        says.append(f"{kept}\n{one.cure}", style="not bold default")
        table.add_row(f"{one.rows:,}", f"{one.first_line:,}", says)
    Console().print(table)
