"""Which snapshot is read, and which one a run goes on from, where files are damaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from joinedup import tables
from joinedup.engines import Act, Damage, Lake, Snapshot, find_damage, last_sound
from joinedup.terms import SnapshotError

# A damaged disk may have taken hundreds of files: the first few say where to look.
_SHOWN: Final = 3
# What a rebuild takes from the snapshot before: who is who, who was, how links were weighed, and
# for all of these the manifest.
_LIVES_ON: Final = ("", tables.LINKS.name, tables.LINK_CHANGES.name, "linkage")


def snapshot_to_read(lake: Lake) -> tuple[Snapshot, str]:
    """The snapshot that serves, and ""; else the last sound one, and what is damaged.

    It is damaged where files are missing or cut short: names and sizes alone are looked at, as
    this must take no time. NotFoundError before the first run; SnapshotError where none is sound.
    """
    sound = last_sound(lake, contents=False)
    if sound.snapshot is None:
        if sound.damage:
            raise damaged(sound.damage)
        return lake.serving(), ""
    if not sound.damage:
        return sound.snapshot, ""
    return sound.snapshot, (
        f"the snapshot that should serve is damaged: {in_words(sound.damage)}. "
        f"{sound.snapshot.id} is read instead. See what is wrong with 'joinedup snapshot verify'; "
        "'joinedup run' makes a sound one."
    )


@dataclass(frozen=True, slots=True)
class GoingOn:
    """The snapshot that a run goes on from, None for the first; and what was damaged, or "".

    `rebuild`: nothing but who is who may be taken from it, as other tables of it are damaged.
    """

    before: Snapshot | None
    notice: str = ""
    rebuild: bool = False


def going_on_from(lake: Lake) -> GoingOn:
    """The last snapshot whose every byte is as it was written, which now serves.

    Where none is, as damage to a file is damage to each snapshot that shares it: the last one
    whose links are whole, so that people keep their ids. SnapshotError where there is not even
    that.
    """
    sound = last_sound(lake, contents=True)
    if not sound.damage:
        return GoingOn(sound.snapshot)
    why = in_words(sound.damage)
    if sound.snapshot is not None:
        lake.serve(sound.snapshot.id, Act.FELL_BACK, why)
        return GoingOn(sound.snapshot, f"{why}; went on from {sound.snapshot.id}, which is sound")
    for name in reversed(lake.ids()):
        snapshot = lake.snapshot(name)
        damage = find_damage(snapshot, contents=True)
        if not any(one.table.split("/")[0] in _LIVES_ON for one in damage):
            notice = f"{why}; all tables were made again, with the person ids of {name}"
            return GoingOn(snapshot, notice, rebuild=True)
    raise damaged(sound.damage)


def explain_failure(snapshot: Snapshot, error: BaseException) -> None:
    """SnapshotError where reading failed because a file is damaged, or the snapshot is gone."""
    if not snapshot.path.is_dir():
        raise pruned(snapshot) from error
    damage = find_damage(snapshot, contents=True, identified=snapshot.identified.is_dir())
    if damage:
        raise damaged(damage) from error


def pruned(snapshot: Snapshot) -> SnapshotError:
    """The error that says that a run has erased the snapshot since it was opened."""
    return SnapshotError(
        "the snapshot was pruned while it was read.",
        where=snapshot.id,
        cure="Open the system again. To keep snapshots longer, raise keep_snapshots or keep_days "
        "in system.toml.",
    )


def damaged(damage: Sequence[Damage]) -> SnapshotError:
    """The error that names what is damaged, with what to do."""
    return SnapshotError(
        f"the snapshot is damaged: {in_words(damage)}.",
        where=damage[0].file,
        cure="See all that is wrong with 'joinedup snapshot verify'. Then run 'joinedup run', or "
        "let an earlier one serve with 'joinedup snapshot rollback', or restore lake/ and "
        "identified/ from your backup.",
    )


def in_words(damage: Sequence[Damage]) -> str:
    """Which files, and what is wrong with the first few."""
    told = "; ".join(f"{one.file}: {one.what}" for one in damage[:_SHOWN])
    more = len(damage) - _SHOWN
    return f"{told}; and {more:,} more" if more > 0 else told
