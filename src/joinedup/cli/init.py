"""`joinedup init`: the folder of a new system."""

from __future__ import annotations

from pathlib import Path

import click

from joinedup.cli.output import show_json


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--area", metavar="PACK", type=click.Path(path_type=Path), help="An area pack.")
@click.option("--invented", is_flag=True, help="The invented system that Joinedup ships.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def init(folder: Path, area: Path | None, invented: bool, as_json: bool) -> None:
    """Make the system folder DIR, from an area PACK or of the invented system.

    Writes its settings with a comment on every line, copies the pack, and makes the key from
    which pseudonyms are made. A folder that has anything in it is left alone.
    """
    if invented == (area is not None):
        raise click.UsageError("Give either --area PACK or --invented.")
    from joinedup.actions.init import init_system

    made = init_system(folder, area)
    if as_json:
        show_json(made)
        return
    click.echo(f"{made.name} ({made.ods_code}) is ready in {made.path}")
    click.echo(f"  {made.residents:,} residents in its area pack")
    click.echo(
        f"  {len(made.partners)} partners in partners.toml, {len(made.feeds)} feeds in feeds/"
    )
    click.echo(f"Keep a copy of {made.path / 'identified' / 'key'} in a safe place.")
    click.echo(f"Next: put extracts into {made.path / 'inbox'}, or invent some with")
    click.echo(f'  joinedup synth "{made.path}" --people 50000 --seed 1')
