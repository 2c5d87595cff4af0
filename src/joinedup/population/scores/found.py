"""Which conditions the recorded codes show, and when each was first recorded.

Codes are many and distinct codes few: each distinct code is judged once, and rows are joined to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.scores.window import KEYS, Window, codes_within
from joinedup.terms.codes import plain_icd10, plain_icd10_of

ICD10: Final = "ICD-10"
_PAIRS: Final = ibis.schema({"listed": "string", "listed_system": "string", "condition": "string"})


@dataclass(frozen=True, slots=True)
class ListedCode:
    """One code of a list and the condition that it stands for.

    Of ICD-10 it stands for every code that begins with it; of other systems for itself alone.
    """

    condition: str
    system: str
    code: str


def found_by_codes(
    codes: ir.Table, listed: Iterable[ListedCode], people: ir.Table, window: Window
) -> ir.Table:
    """Which conditions each person's codes show: person_id, as_at_date, condition, first_date.

    codes: the promised table `codes`. first_date is the first within the window.
    """
    within = codes_within(codes, people, window)
    meant = meanings(codes, tuple(listed)).view()
    shown = within.inner_join(meant, ["system", "code"]).select(*KEYS, "condition", "recorded_date")
    found = shown.group_by(*KEYS, "condition").aggregate(first_date=shown.recorded_date.min())
    return found.semi_join(people, "person_id") if window.on is not None else found


def meanings(codes: ir.Table, listed: tuple[ListedCode, ...]) -> ir.Table:
    """What each distinct code stands for: columns system, code, condition; nothing for most."""
    distinct = codes.select("system", "code").distinct()
    others = [one for one in listed if one.system != ICD10]
    table = _listed(others)
    exact = distinct.inner_join(
        table, [distinct.system == table.listed_system, distinct.code == table.listed]
    ).select("system", "code", "condition")
    return ibis.union(exact, icd10_meanings(distinct, listed), distinct=True)


def icd10_meanings(codes: ir.Table, listed: tuple[ListedCode, ...]) -> ir.Table:
    """The same for ICD-10 alone, by the beginnings of well-formed codes."""
    plain = plain_icd10_codes(codes)
    ours = [
        ListedCode(one.condition, ICD10, plain_icd10_of(one.code))
        for one in listed
        if one.system == ICD10
    ]
    begun = [
        _begun_with(plain, [one for one in ours if len(one.code) == length], length)
        for length in sorted({len(one.code) for one in ours}) or [3]
    ]
    return ibis.union(*begun, distinct=True) if len(begun) > 1 else begun[0]


def plain_icd10_codes(codes: ir.Table) -> ir.Table:
    """Each distinct ICD-10 code and its plain form: columns system, code, plain; malformed null."""
    ours = codes.filter(codes.system == ICD10)
    few = distinct_codes(ours)
    return few.select(system=ibis.literal(ICD10), code=few.code, plain=plain_icd10(few.code))


def distinct_codes(codes: ir.Table) -> ir.Table:
    """Each distinct code: column code.

    By way of one row that lists them: an engine that guesses how many rows a step gives takes what
    comes of one row for few, and looks codes up in it rather than it in the codes.
    """
    few = codes.select("code").distinct()
    return few.aggregate(code=few.code.collect()).select(code=ibis._.code.unnest())


def _begun_with(plain: ir.Table, listed: list[ListedCode], length: int) -> ir.Table:
    table = _listed(listed)
    long_enough = plain.filter(plain.plain.length() >= length)
    begins = long_enough.mutate(listed=long_enough.plain.left(length))
    return begins.inner_join(table, "listed").select("system", "code", "condition")


def _listed(listed: Iterable[ListedCode]) -> ir.Table:
    rows = sorted({(one.code, one.system, one.condition) for one in listed})
    return ibis.memtable(rows, schema=_PAIRS)
