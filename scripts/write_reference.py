"""Write the generated reference pages: the data dictionary, the command line, the rules.

`make docs` runs it; a test runs it too and compares, so that the pages cannot go stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from joinedup import tables
from joinedup.cli.command import joinedup
from joinedup.intake import rules_page
from joinedup.tables import Column, Table, Zone

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
_GENERATED = "<!-- Written by `make docs` from {source}: change that, not this page. -->"
_ZONES = {
    Zone.IDENTIFIED: "Identified: names people, and lies in `identified/` with its key.",
    Zone.PSEUDONYMOUS: "Pseudonymous: about people, keyed by `person_id`; names nobody.",
    Zone.PUBLISHED: "Published: about no one person.",
}


def data_dictionary() -> str:
    """Every promised table and column, from its declaration."""
    parts = [
        _GENERATED.format(source="src/joinedup/tables"),
        "# Tables",
        "The tables that a snapshot promises, with what one row is, what makes it unique and who "
        "may hold it. Times are UTC, money is pence, and a missing value is null, which is not "
        "nought and not no. What the zones mean: [Zones](../explanation/zones.md).",
        "\n".join(f"- [`{one.name}`](#{one.name}): {_lower(one.grain)}" for one in tables.PROMISED),
        *(_table(one) for one in tables.PROMISED),
    ]
    return "\n\n".join(parts) + "\n"


def command_line() -> str:
    """Every verb with its help, as the command prints it."""
    parts = [
        _GENERATED.format(source="src/joinedup/cli"),
        "# Command line",
        "Results go to standard output, progress and messages to standard error. With `--json` "
        "standard output is always one JSON object, an error too (`error`, `where`, `cure`).",
        "| Exit code | Means |\n|---|---|\n| 0 | done, nothing found |\n| 1 | failed |\n"
        "| 2 | the command was not understood |\n| 3 | done, with findings to look at |",
        *_commands(joinedup, None, "joinedup"),
    ]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    head = [
        f"## {table.name}",
        f"{table.grain}. {_ZONES[table.zone]}",
        f"Unique by {', '.join(f'`{name}`' for name in table.key)}.",
    ]
    if table.note:
        head.append(table.note)
    rows = ["| Column | Type | Always there | Meaning |", "|---|---|---|---|"]
    rows += [_column(column) for column in table.columns]
    codes = [_codes(column) for column in table.columns if column.codes]
    return "\n\n".join([*head, "\n".join(rows), *codes])


def _column(column: Column) -> str:
    meaning = column.meaning
    if column.unit:
        meaning += f" Unit: {column.unit}."
    if column.source:
        meaning += f" Source: {column.source}."
    if column.identifying:
        meaning += " Identifying."
    needed = "yes" if column.required else ""
    return f"| `{column.name}` | {column.type} | {needed} | {meaning} |"


def _codes(column: Column) -> str:
    listed = "\n".join(f"- `{code}`: {words}" for code, words in column.codes.items())
    return f"Values of `{column.name}`:\n\n{listed}"


def _commands(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    # A fixed width, so that the page does not depend on who makes it.
    settings: dict[str, Any] = {"max_content_width": 88, **command.context_settings}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    context.terminal_width = 88
    yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for verb in command.list_commands(context):
            found = command.get_command(context, verb)
            if found is not None:
                yield from _commands(found, context, verb)


def _lower(words: str) -> str:
    """The words as they go on after a colon; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def rules() -> str:
    """Every rule of intake, from its list."""
    return _GENERATED.format(source="src/joinedup/intake/rules.py") + "\n\n" + rules_page()


PAGES = {"tables.md": data_dictionary, "command-line.md": command_line, "rules.md": rules}


def main() -> None:
    """Write every page."""
    for name, write in PAGES.items():
        (REFERENCE / name).write_text(write(), encoding="utf-8", newline="\n")
        print(REFERENCE / name, file=sys.stderr)


if __name__ == "__main__":
    main()
