"""`joinedup register`: who is counted as having what, held against what is published."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.output import Exit, say, show_json, show_table

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def register() -> None:
    """Who is counted as having what: registers, held against published prevalence."""


@register.command("list")
@_FOLDER
@_JSON
def list_(folder: Path, as_json: bool) -> None:
    """All registers of the system DIR: the package's, and its own in measures/."""
    from joinedup.actions.measures import list_registers

    found = list_registers(folder)
    if as_json:
        show_json({"registers": found})
        return
    show_table(
        ("register", "version", "title", "waits for"),
        [(one.id, one.version, one.title, ", ".join(one.waits_for)) for one in found],
    )


@register.command("show")
@_FOLDER
@click.argument("register_id", metavar="ID")
@_JSON
def show(folder: Path, register_id: str, as_json: bool) -> None:
    """What the register ID means, how many are on it, and how that lies to what is published.

    Exit code 3 where it is far from what is published, or waits for code lists.
    """
    from joinedup.actions.measures import show_register

    found = show_register(folder, register_id)
    is_odd = found.verdict in ("higher than published", "lower than published")
    if as_json:
        show_json(found)
    else:
        about = found.register.about
        say(about.title, bold=True)
        say(about.says)
        say(f"Source: {about.source}. Version {about.version}.")
        if about.caveats:
            say(about.caveats)
        for name, codes in found.codes.items():
            say(f"Code list {name}: {codes:,} codes.")
        if found.waits_for:
            say(f"It waits for the code lists: {', '.join(found.waits_for)}.")
        else:
            _say_people(found.people, found.per_100, found.eligible)
            if found.expected_per_100 is not None:
                say(
                    f"Published: {found.expected_per_100:g} in 100 ({found.expected_source}): "
                    f"{found.verdict}."
                )
    if is_odd or found.waits_for:
        raise click.exceptions.Exit(Exit.FINDINGS)


def _say_people(people: int | None, per_100: float | None, eligible: int | None) -> None:
    if people is None:
        say("How many are on it is suppressed: too few.")
    else:
        share = f", {per_100:.2f} in 100 of {eligible:,}" if per_100 is not None else ""
        say(f"On it: {people:,}{share}.")
