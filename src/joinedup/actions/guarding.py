"""The gate before publishing: a snapshot that would name people is not built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup import tables
from joinedup.actions.steps import SHARED_CODE, code_version, step_key
from joinedup.actions.work import Relinked, Work
from joinedup.safeguards import Leak, Seen, find_leaks, patients_texts, texts_in
from joinedup.tables import Table, Zone
from joinedup.terms import DisclosureError

STEP = "guard"
# What was seen, kept for the next run; not promised tables.
_TEXTS, _KNOWN = "guard/texts", "guard/known"
_TEXT: Final = ("table", "column", "value")

Published = Sequence[tuple[Table, ir.Table]]


def guard(work: Work) -> None:
    """Look for identifiers in every pseudonymous table; DisclosureError where there are any."""
    basis = step_key(STEP, code_version("safeguards", "actions/guarding.py", *SHARED_CODE))
    key = step_key(basis, work.step_keys["link"], work.step_keys["record"])
    with work.steps.measured(STEP, "Making sure that no table names anybody") as step:
        step.reused = work.take_over(STEP, key, basis)
        if step.reused:
            return
        may_change = work.may_change(STEP)
        if may_change and work.relinked is not None and _is_still_clean(work, work.relinked):
            return
        _refuse(_leaks(work))


def _leaks(work: Work) -> tuple[Leak, ...]:
    identities = work.read(tables.IDENTITIES)
    published = [(declared, work.read(declared)) for declared in _published(work)]
    texts = work.keep("texts", texts_in(published))
    known = patients_texts(texts, identities)
    return find_leaks(published, _keep(work, texts, known), birth_dates=_birth_dates(work))


def _is_still_clean(work: Work, relinked: Relinked) -> bool:
    """Whether what came names nobody, on top of what was seen before.

    Texts that are gone since are still counted: where something is found, it is looked for again
    in everything.
    """
    before = work.before
    assert before is not None and work.change is not None
    if work.change.gone_files or not work.came:
        return False  # with rows gone, what is left may be nearly all birth dates
    texts, known = (
        work.engine.read_parquet(before.table_path(name, identified=True))
        for name in (_TEXTS, _KNOWN)
    )
    published = [
        (declared, work.came.get(declared.name, work.read(declared)))
        for declared in _published(work)
    ]
    new = work.keep("new_texts", texts_in(published).anti_join(texts, _TEXT))
    every = work.keep("texts", texts.union(new.select(*texts.columns)))
    found = ibis.union(
        *(
            one.select(*known.columns)
            for one in (
                known,
                patients_texts(new, work.read(tables.IDENTITIES)),
                patients_texts(every, relinked.added),
            )
        ),
        distinct=True,
    )
    seen = _keep(work, every, found)
    whom = ibis.union(*(one.select("person_id") for one in work.came.values()), distinct=True)
    return not find_leaks(published, seen, birth_dates=_birth_dates(work, whom))


def _keep(work: Work, texts: ir.Table, known: ir.Table) -> Seen:
    kept = []
    for name, table in ((_TEXTS, texts), (_KNOWN, known)):
        folder = work.draft.table_path(name, identified=True)
        work.engine.write_table(table, folder)
        work.note(STEP, name, Zone.IDENTIFIED)
        kept.append(work.engine.read_parquet(folder))
    return Seen(*kept)


def _published(work: Work) -> list[Table]:
    return [
        declared
        for declared in tables.PROMISED
        if declared.zone is Zone.PSEUDONYMOUS and declared.name in work.made
    ]


def _birth_dates(work: Work, whom: ir.Table | None = None) -> ir.Table:
    """person_id and birth_date, as partners state it, of everybody or of some."""
    identities = work.read(tables.IDENTITIES)
    who = work.read(tables.LINKS).select("partner", "record_id", "person_id")
    if whom is not None:
        who = who.semi_join(whom, "person_id")
    born = identities.inner_join(who, ["partner", "record_id"])
    born = born.filter(born.birth_date.notnull())
    return work.keep("birth_dates", born.select("person_id", "birth_date").distinct())


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
