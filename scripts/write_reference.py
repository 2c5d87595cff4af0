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
from joinedup.population import (
    About,
    CodeList,
    Definitions,
    Measure,
    Register,
    Segmentation,
    read_definitions,
    shipped_definitions,
)
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


def measures() -> str:
    """Every register, measure and segmentation that ships, from its declaration."""
    found = read_definitions([shipped_definitions()])
    parts = [
        _GENERATED.format(source="src/joinedup/population/definitions"),
        "# Measures and registers",
        "What ships, from its declaration. How to add your own, or replace one: "
        "[add a measure](../how-to/add-a-measure.md). Each register also has its prevalence.",
        "## Code lists",
        "\n".join(_code_list(one) for one in found.lists.values()),
        "## Registers",
        *(_register(one) for _, one in sorted(found.registers.items())),
        "## Measures",
        *(_measure(one) for name, one in found.measures.items() if not _is_prevalence(name, found)),
        "## Segmentations",
        *(_segmentation(one) for one in found.segmentations.values()),
    ]
    return "\n\n".join(parts) + "\n"


def _is_prevalence(name: str, found: Definitions) -> bool:
    return name.removesuffix("_prevalence") in found.registers and name.endswith("_prevalence")


def _code_list(one: CodeList) -> str:
    return f"- `{one.name}`, version {one.version}: {len(one.codes)} codes"


def _about(about: About, *more: str) -> str:
    lines = [f"### {about.title}", f"`{about.id}`, version {about.version}. {about.says}"]
    lines += [f"Why: {about.why}"] if about.why else []
    lines += [f"Mind: {about.caveats}"] if about.caveats else []
    lines += [*(text for text in more if text), f"Source: {about.source}."]
    return "\n\n".join([*lines, *about.changes])


def _register(one: Register) -> str:
    lists = ", ".join(f"`{name}`" for name in one.needs_lists)
    expected = (
        f"Published: {one.expected.per_100:g} in 100 ({one.expected.source})."
        if one.expected
        else ""
    )
    return _about(one.about, f"Code lists: {lists}." if lists else "", expected)


def _measure(one: Measure) -> str:
    way = "higher is better" if one.polarity == "high" else "lower is better"
    return _about(one.about, "" if one.polarity == "neither" else f"{way[:1].upper()}{way[1:]}.")


def _segmentation(one: Segmentation) -> str:
    rows = "\n".join(
        f"{place}. {part.title}" + (f": {', '.join(part.registers)}" if part.registers else "")
        for place, part in enumerate(one.segments, start=1)
    )
    return _about(one.about, rows)


PAGES = {
    "measures.md": measures,
    "tables.md": data_dictionary,
    "command-line.md": command_line,
    "rules.md": rules,
}


def main() -> None:
    """Write every page."""
    for name, write in PAGES.items():
        (REFERENCE / name).write_text(write(), encoding="utf-8", newline="\n")
        print(REFERENCE / name, file=sys.stderr)


if __name__ == "__main__":
    main()
