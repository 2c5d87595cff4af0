"""`joinedup measure`: what is measured, what it means, and its values."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.output import say, show_json, show_table

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def measure() -> None:
    """What is measured, what each measure means, and its values for every footprint."""


@measure.command("list")
@_FOLDER
@_JSON
def list_(folder: Path, as_json: bool) -> None:
    """All measures of the system DIR: the package's, and its own in measures/."""
    from joinedup.actions.measures import list_measures

    found = list_measures(folder)
    if as_json:
        show_json({"measures": found})
        return
    show_table(
        ("measure", "version", "title", "waits for"),
        [(one.id, one.version, one.title, ", ".join(one.waits_for)) for one in found],
    )


@measure.command("show")
@_FOLDER
@click.argument("measure_id", metavar="ID")
@click.option("--footprint", default="", metavar="KIND", help="Such as neighbourhood or practice.")
@click.option("--area", default="", metavar="CODE", help="Of this area or organisation alone.")
@click.option(
    "--by",
    "breakdown",
    default="all",
    metavar="BREAKDOWN",
    help="all, sex, age_group, deprivation or ethnicity.",
)
@click.option("--every-period", is_flag=True, help="Earlier years too.")
@_JSON
def show(
    folder: Path, measure_id: str, footprint: str, area: str, breakdown: str, every_period: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """What the measure ID means, and its values in the snapshot that serves.

    Small numbers are suppressed, which is not nought.
    """
    from joinedup.actions.measures import Wanted, show_measure

    found = show_measure(folder, measure_id, Wanted(footprint, area, breakdown, every_period))
    if as_json:
        show_json(found)
        return
    about = found.measure.about
    say(about.title, bold=True)
    say(about.says)
    say(f"Source: {about.source}. Version {about.version}.")
    if found.waits_for:
        say(f"It waits for the code lists: {', '.join(found.waits_for)}.")
        return
    show_table(
        ("footprint", "area", "name", "from", "part", "value", "95% interval", "of"),
        [
            (
                one.footprint, one.area, one.name, f"{one.period_start:%b %Y}", one.category,
                _number(one.value, one.status),
                "" if one.lower is None else f"{one.lower:,.1f} to {one.upper:,.1f}",
                "" if one.denominator is None else f"{one.denominator:,.0f}",
            )
            for one in found.values
        ],
    )  # fmt: skip


@measure.command("export")
@_FOLDER
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--measure", "measure_id", default="", metavar="ID", help="This measure alone.")
@click.option("--footprint", default="", metavar="KIND", help="Such as neighbourhood or practice.")
@click.option("--area", default="", metavar="CODE", help="Of this area or organisation alone.")
@click.option(
    "--by",
    "breakdown",
    default="",
    metavar="BREAKDOWN",
    help="all, sex, age_group, deprivation or ethnicity alone.",
)
@click.option("--every-period", is_flag=True, help="Earlier years too.")
@_JSON
def export(
    folder: Path, path: Path, measure_id: str, footprint: str, area: str, breakdown: str,
    every_period: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write measures to FILE: .xlsx, .csv, .parquet or .json, with notes of what they are.

    Small numbers are suppressed, which is not nought; the notes say by what rule.
    """
    from joinedup.actions.measures import Wanted, hand_on

    wanted = Wanted(footprint, area, breakdown, every_period)
    written = hand_on(folder, wanted, path, measure_id=measure_id)
    if as_json:
        show_json(written)
        return
    say(
        f"{written.rows:,} rows written to {written.path}, {written.not_shown:,} of them not shown."
    )


def _number(value: float | None, status: str) -> str:
    return status.replace("_", " ") if value is None else f"{value:,.1f}"
