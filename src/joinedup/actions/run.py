"""The main job: verify, take in, link, assemble, describe, guard, publish, report.

Each step's result lands in a new snapshot; a step whose inputs, settings and code are those of
the snapshot that serves is not done again. Publishing, one rename, alone changes what serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from joinedup._version import __version__
from joinedup.actions.assembling import assemble
from joinedup.actions.change import earlier_corrections, find_change, parts_entry
from joinedup.actions.describing import describe
from joinedup.actions.guarding import guard
from joinedup.actions.keys import fingerprint, read_key
from joinedup.actions.linking import link_records
from joinedup.actions.measuring import measure
from joinedup.actions.reporting import report
from joinedup.actions.serving import going_on_from
from joinedup.actions.settings_kept import code_by_package, keep_settings
from joinedup.actions.steps import Step, Steps, Tell
from joinedup.actions.take_in import TakenIn, take_in
from joinedup.actions.work import Work
from joinedup.engines import Engine, Lake, Snapshot, clear_spill, open_engine, storage_faults
from joinedup.intake import FileAccount
from joinedup.partners import System, read_system, with_engine
from joinedup.safeguards.pseudonyms import Key
from joinedup.terms import SnapshotError, SourceDataError

# Where every file was refused, the first few say why.
_REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did: the snapshot that now serves, every file's account, and each step's cost."""

    snapshot: str
    files: tuple[FileAccount, ...]
    waiting: tuple[str, ...]
    identities: int
    persons: int
    events: int
    steps: tuple[Step, ...]
    report: Path
    example_person_id: str
    # What was found damaged in the snapshot before, "" where nothing was.
    notice: str


def run(
    folder: Path,
    *,
    engine: str = "",
    rebuild: bool = False,
    tell: Tell = lambda _: None,
) -> RunOutcome:
    """Run the main job on a system folder and publish a snapshot, by an engine if one is named.

    Only what changed since the snapshot before is done anew; with `rebuild` everything, but for
    what lives on: people's ids, what their links were weighed by, and how tables are parted.

    Raises a JoinedupError, with nothing published and the last snapshot still serving, where
    settings are wrong, nothing can be taken in, or a table would name people.
    """
    system = with_engine(read_system(folder), engine)
    key = read_key(system.key_file)
    lake = Lake(system.lake, system.identified)
    steps = Steps(tell)
    serves = partial(_what_serves, lake)
    with storage_faults(system.path, serves), lake.locked(), _open_engine(system) as opened:
        with steps.measured("verify", "Making sure that the last snapshot is whole"):
            going_on = going_on_from(lake)
        _same_key(going_on.before, key)
        with steps.measured("take in", "Reading and checking what partners sent"):
            before, is_anew = going_on.before, rebuild or going_on.rebuild
            earlier = None if is_anew else earlier_corrections(before)
            taken = take_in(system, opened, tell, earlier=earlier, afresh=rebuild)
        _something_to_publish(system, taken)
        change = None
        if before is not None and not is_anew:
            change = find_change(opened, before, taken.parts, taken.superseded)
        work = Work(
            system=system,
            engine=opened,
            key=key,
            steps=steps,
            before=going_on.before,
            draft=lake.begin(),
            parts=taken.parts,
            accepted_rows=sum(account.accepted for account in taken.accounts),
            change=change,
            rebuild=is_anew,
        )
        link_records(work, taken)
        assemble(work)
        describe(work, taken)
        measure(work, taken)
        guard(work)
        with steps.measured("publish", "Publishing the snapshot"):
            work.forget()
            snapshot = lake.publish(work.draft, _manifest(work, taken))
            keep, days = system.limits.keep_snapshots, system.limits.keep_days
            lake.erase(lake.to_prune(keep, days), f"keep_snapshots = {keep}")
        with steps.measured("report", "Writing the report"), storage_faults(system.report, serves):
            page, example = report(system)
    made = work.made
    return RunOutcome(
        snapshot=snapshot.id,
        files=taken.accounts,
        waiting=taken.waiting,
        identities=made["links"].rows,
        persons=made["persons"].rows,
        events=made["events"].rows,
        steps=tuple(steps.done),
        report=page,
        example_person_id=example,
        notice=going_on.notice,
    )


def _what_serves(lake: Lake) -> str:
    """What a run that failed leaves serving: the snapshot before, or its own for want of a page."""
    try:
        current = lake.current()
    except SnapshotError:
        return ""
    return f"Snapshot {current.id} serves." if current else "No snapshot serves yet."


def _open_engine(system: System) -> Engine:
    clear_spill(system.identified / "spill")
    return open_engine(system)


def _same_key(before: Snapshot | None, key: Key) -> None:
    if before is not None and before.manifest["key_fingerprint"] != fingerprint(key):
        raise SnapshotError(
            "the system's key is not the one that the serving snapshot was made with, so nobody "
            "would keep their person_id.",
            where="identified/key",
            cure="Restore the earlier key from your backup; to begin afresh, move "
            "lake/ and identified/snapshots away.",
        )


def _something_to_publish(system: System, taken: TakenIn) -> None:
    if any(account.outcome == "accepted" for account in taken.accounts):
        return
    reasons = [f"{account.file}: {account.reason}" for account in taken.accounts]
    raise SourceDataError(
        "no file could be taken in, so there is nothing to publish.",
        where=str(system.inbox),
        cure=" ".join(reasons[:_REASONS_SHOWN]) or "Put partners' files in inbox/PARTNER/.",
    )


def _manifest(work: Work, taken: TakenIn) -> Mapping[str, Any]:
    return {
        "system": work.system.name,
        "ods_code": work.system.ods_code,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "joinedup_version": __version__,
        "key_fingerprint": fingerprint(work.key),
        "made_after": work.before.id if work.before else "",
        "settings": {
            name: asdict(setting)
            for name, setting in keep_settings(work.system, work.draft).items()
        },
        "code": code_by_package(),
        "steps": work.step_keys,
        "bases": work.bases,
        "parts": parts_entry(taken.parts),
        "tables": {name: made.entry() for name, made in sorted(work.made.items())},
        "waiting": list(taken.waiting),
    }
