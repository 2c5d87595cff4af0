"""The gate before publishing: a snapshot that would name people is not built."""

from __future__ import annotations

from joinedup import tables
from joinedup.actions.work import Work
from joinedup.safeguards import Leak, find_leaks
from joinedup.tables import Zone
from joinedup.terms import DisclosureError

STEP = "guard"


def guard(work: Work) -> None:
    """Look for identifiers in every pseudonymous table; DisclosureError where there are any."""
    with work.steps.measured(STEP, "Making sure that no table names anybody") as step:
        unchanged = {"link", "record"} <= {
            name for name, key in work.step_keys.items() if _served_before(work, name, key)
        }
        step.reused = unchanged
        if not unchanged:
            _refuse(_leaks(work))


def _served_before(work: Work, name: str, key: str) -> bool:
    if work.before is None or work.rebuild:
        return False
    return work.before.manifest["steps"].get(name) == key


def _leaks(work: Work) -> tuple[Leak, ...]:
    identities = work.read(tables.IDENTITIES)
    who = work.read(tables.LINKS).select("partner", "record_id", "person_id")
    born = identities.inner_join(who, ["partner", "record_id"])
    born = born.filter(born.birth_date.notnull()).select("person_id", "birth_date").distinct()
    published = [
        (declared, work.read(declared))
        for declared in tables.PROMISED
        if declared.zone is Zone.PSEUDONYMOUS and declared.name in work.made
    ]
    return find_leaks(published, identities=identities, birth_dates=born)


def _refuse(leaks: tuple[Leak, ...]) -> None:
    if not leaks:
        return
    found = "; ".join(
        f"{leak.table}.{leak.column} holds {leak.holds} ({leak.values} values)" for leak in leaks
    )
    raise DisclosureError(
        f"the snapshot was not built, because it would name people: {found}.",
        where="feeds/*.toml",
        cure="Find the feed that maps an identifying column to it, and take that line out.",
    )
