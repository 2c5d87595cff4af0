"""Which snapshot is read, and which one a run goes on from, where files are damaged."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from joinedup.engines import Act, Damage, Lake, Snapshot, find_damage, last_sound
from joinedup.terms import SnapshotError, SnapshotWarning

# A damaged disk may have taken hundreds of files: the first few say where to look.
_SHOWN = 3


def snapshot_to_read(lake: Lake) -> Snapshot:
    """The snapshot that serves; where files of it are missing or cut short, the last sound one.

    Sizes alone are looked at, as this must take no time. Warns where it is not the one that should
    serve. NotFoundError before the first run; SnapshotError where none is sound.
    """
    sound = last_sound(lake, contents=False)
    if sound.snapshot is None:
        if sound.damage:
            raise damaged(sound.damage)
        return lake.serving()
    if sound.damage:
        warnings.warn(
            f"the snapshot that should serve is damaged: {in_words(sound.damage)}. An earlier one, "
            f"{sound.snapshot.id}, is read instead. See what is wrong with 'joinedup snapshot "
            "verify'; 'joinedup run' makes a sound one.",
            SnapshotWarning,
            stacklevel=4,
        )
    return sound.snapshot


def snapshot_to_go_on_from(lake: Lake) -> tuple[Snapshot | None, str]:
    """The last snapshot whose every byte is as it was written, which now serves; and a notice.

    The notice is "" where nothing was damaged. None before the first run; SnapshotError where
    there are snapshots and none is sound.
    """
    sound = last_sound(lake, contents=True)
    if not sound.damage:
        return sound.snapshot, ""
    if sound.snapshot is None:
        raise damaged(sound.damage)
    why = in_words(sound.damage)
    lake.serve(sound.snapshot.id, Act.FELL_BACK, why)
    return sound.snapshot, f"{why}; went on from {sound.snapshot.id}, the last sound one"


def explain_failure(snapshot: Snapshot, error: BaseException) -> None:
    """SnapshotError naming the damaged file, where reading failed because of one."""
    damage = find_damage(snapshot, contents=True, identified=snapshot.identified.is_dir())
    if damage:
        raise damaged(damage) from error


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
