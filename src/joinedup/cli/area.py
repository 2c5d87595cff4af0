"""`joinedup area`: area packs."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.output import show_json


@click.group()
def area() -> None:
    """Area packs: the small areas, practices and trusts of one system."""


@area.command()
@click.option("--icb", metavar="CODE", required=True, help="Code of the system, such as QVV.")
@click.option(
    "--from", "national", metavar="FOLDER", required=True, type=click.Path(path_type=Path),
    help="Folder of the national open tables.",
)  # fmt: skip
@click.option(
    "--out", metavar="PACK", required=True, type=click.Path(path_type=Path),
    help="Folder to make; it must not exist yet.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def cut(icb: str, national: Path, out: Path, as_json: bool) -> None:
    """Cut the pack of one of England's 42 systems from the national open tables."""
    from joinedup.actions.area import cut_area

    made = cut_area(national, icb, out)
    if as_json:
        show_json(made)
        return
    click.echo(f"{made.name} ({made.code}) is in {made.path}")
    click.echo(f"  {made.lsoas:,} LSOAs, {made.residents:,} residents")
    click.echo(f"  {made.practices:,} practices, {made.networks} networks, {made.trusts} trusts")
    click.echo(f'Next: joinedup init my-system --area "{made.path}"')
