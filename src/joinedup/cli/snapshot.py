"""`joinedup snapshot`: which snapshots there are, what changed between two, which one serves."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from joinedup.cli.output import Exit, say, show_json, show_table

if TYPE_CHECKING:
    from joinedup.actions.snapshots import Listed, Pruned, Shown, Verified

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_WHY = click.option("--why", metavar="TEXT", default="", help="The reason, for the lake's history.")
_MB = 1024 * 1024


@click.group()
def snapshot() -> None:
    """Snapshots: list and verify them, tell what changed, roll back, prune, export.

    ID is a snapshot's id, or its number alone.
    """


@snapshot.command(name="list")
@_FOLDER
@_JSON
def list_(folder: Path, as_json: bool) -> None:
    """All snapshots of the system DIR, oldest first, and which one serves."""
    from joinedup.actions.snapshots import list_snapshots

    listed = list_snapshots(folder)
    if as_json:
        show_json({"snapshots": listed})
    else:
        _show_list(listed)


@snapshot.command()
@_FOLDER
@click.argument("snapshot_id", metavar="[ID]", default="")
@_JSON
def show(folder: Path, snapshot_id: str, as_json: bool) -> None:
    """One snapshot of the system DIR, its tables and its history; else the one that serves."""
    from joinedup.actions.snapshots import show_snapshot

    shown = show_snapshot(folder, snapshot_id)
    if as_json:
        show_json(shown)
    else:
        _show_one(shown)


@snapshot.command()
@_FOLDER
@click.argument("snapshot_ids", metavar="[ID]...", nargs=-1)
@_JSON
def verify(folder: Path, snapshot_ids: tuple[str, ...], as_json: bool) -> int:
    """Read every byte of snapshots and compare checksums; of all where no ID is given.

    Names each damaged or missing file, and exits with 3 where there is one.
    """
    from joinedup.actions.snapshots import verify_snapshots

    verified = verify_snapshots(folder, snapshot_ids)
    if as_json:
        show_json({"snapshots": verified})
    else:
        _show_verified(verified)
    return Exit.FINDINGS if any(one.damage for one in verified) else Exit.OK


@snapshot.command()
@_FOLDER
@click.argument("before", metavar="[BEFORE]", default="")
@click.argument("after", metavar="[AFTER]", default="")
@click.option("--exact", is_flag=True, help="Do not hide or round small counts of people.")
@_JSON
def diff(folder: Path, before: str, after: str, exact: bool, as_json: bool) -> None:
    """Tell in words what changed from the snapshot BEFORE to AFTER, and why.

    AFTER is else the one that serves, BEFORE the one that it was made after. The looks are
    recorded.
    """
    from joinedup.actions.diff_in_words import in_words
    from joinedup.actions.snapshot_diff import compare_snapshots

    difference = compare_snapshots(folder, before, after, exact=exact)
    words = in_words(difference)
    if as_json:
        show_json({**dataclasses.asdict(difference), "words": dict(words)})
        return
    say(f"From {difference.before} to {difference.after}")
    for heading, sentences in words:
        say(f"\n{heading}")
        for sentence in sentences:
            say(f"  {sentence}")


@snapshot.command()
@_FOLDER
@click.argument("snapshot_id", metavar="ID")
@_WHY
@_JSON
def rollback(folder: Path, snapshot_id: str, why: str, as_json: bool) -> None:
    """Let the snapshot ID serve again, once it was verified. The newer ones stay.

    The next run goes on from it and takes in all that lies in the inbox: mend what was wrong
    there first.
    """
    from joinedup.actions.snapshots import roll_back

    done = roll_back(folder, snapshot_id, why=why)
    if as_json:
        show_json(done)
        return
    say(f"Snapshot {done.snapshot} now serves, {done.served_before or 'none'} did before.")
    say("Mend what was wrong before the next run: it takes in all that lies in inbox/.")
    say(f"Read {done.report}")


@snapshot.command()
@_FOLDER
@click.argument("snapshot_ids", metavar="[ID]...", nargs=-1)
@click.option(
    "--keep", metavar="N", type=click.IntRange(1),
    help="How many to keep; else what system.toml says.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@_WHY
@_JSON
def prune(
    folder: Path, snapshot_ids: tuple[str, ...], keep: int | None, dry_run: bool, why: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Erase old snapshots of the system DIR, or those of the IDs, identified tables and all.

    The one that serves is never erased. A run prunes by itself, as system.toml says.
    """
    if keep is not None and snapshot_ids:
        raise click.UsageError("Give either IDs or --keep.")
    from joinedup.actions.snapshots import prune as prune_snapshots

    done = prune_snapshots(folder, keep=keep, snapshot_ids=snapshot_ids, why=why, dry_run=dry_run)
    if as_json:
        show_json(done)
    else:
        _show_pruned(done)


@snapshot.command()
@_FOLDER
@click.option(
    "--to", metavar="FOLDER", required=True, type=click.Path(path_type=Path),
    help="A folder elsewhere: new, empty, or of an earlier export.",
)  # fmt: skip
@click.option("--purpose", required=True, help="What for, such as population_health.")
@click.option(
    "--format", "as_format", type=click.Choice(["parquet", "delta"]), default="parquet",
    show_default=True, help="Plain files, or Delta tables with a version for each export.",
)  # fmt: skip
@click.option(
    "--table", "names", metavar="TABLE", multiple=True, help="This table; may be repeated."
)
@click.option(
    "--snapshot", "snapshot_id", metavar="ID", default="", help="Else the one that serves."
)
@_JSON
def export(
    folder: Path, to: Path, purpose: str, as_format: str, names: tuple[str, ...],
    snapshot_id: str, as_json: bool,
) -> None:  # fmt: skip
    """Copy pseudonymous and published tables to FOLDER, for other tools.

    No table that names people is exported. The looks are recorded.
    """
    from joinedup.actions.snapshot_export import export_snapshot

    done = export_snapshot(
        folder, to, purpose=purpose, format=as_format, names=names, snapshot_id=snapshot_id
    )
    if as_json:
        show_json(done)
        return
    say(f"Exported {done.snapshot} to {to} for {done.purpose}")
    show_table(("table", "rows"), [(one.table, one.rows) for one in done.tables])


def _show_list(listed: tuple[Listed, ...]) -> None:
    if not listed:
        say("There is no snapshot yet: run 'joinedup run'.")
        return
    show_table(
        ("snapshot", "", "people", "events", "MB", "MB of its own", "version", "note"),
        [
            (
                one.snapshot,
                "serves" if one.serves else "",
                "not known" if one.persons is None else one.persons,
                "not known" if one.events is None else one.events,
                _megabytes(one.bytes),
                _megabytes(one.own_bytes),
                one.joinedup_version,
                one.note,
            )
            for one in listed
        ],
    )


def _show_one(shown: Shown) -> None:
    serves = ", serves" if shown.serves else ""
    say(f"Snapshot {shown.snapshot}, made {shown.made_at}{serves}")
    after = f", after {shown.made_after}" if shown.made_after else ""
    say(f"  by Joinedup {shown.joinedup_version}{after}")
    show_table(
        ("table", "zone", "rows", "files", "MB"),
        [(one.table, one.zone, one.rows, one.files, _megabytes(one.bytes)) for one in shown.tables],
    )
    for happening in shown.history:
        why = f": {happening.why}" if happening.why else ""
        say(f"{happening.at} {happening.act} by {happening.user}{why}")


def _show_verified(verified: tuple[Verified, ...]) -> None:
    for one in verified:
        verdict = f"{len(one.damage):,} damaged" if one.damage else "sound"
        say(f"{one.snapshot}: {one.files:,} files, {_megabytes(one.bytes)} MB, {verdict}")
        for damage in one.damage:
            say(f"  {damage.file}: {damage.what}")


def _show_pruned(done: Pruned) -> None:
    if not done.erased:
        say("Nothing to erase.")
        return
    would = "Would erase" if done.dry_run else "Erased"
    for name in done.erased:
        say(f"{would} {name}")
    freed = "would be free" if done.dry_run else "are free"
    say(f"{_megabytes(done.freed_bytes)} MB {freed}; {len(done.kept)} snapshots are kept.")


def _megabytes(size: int) -> str:
    return f"{size / _MB:,.1f}"
