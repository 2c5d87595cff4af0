"""Linkage does not depend on the order of rows, and explains every record that moves."""

from __future__ import annotations

import random

import ibis
import ibis.expr.types as ir
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joinedup.engines import DuckDBEngine
from joinedup.linkage import Earlier, link
from joinedup.tables import IDENTITIES
from tests.spec.linkage.people import KEY

# Few values, so that records often share some of them: that is where ties are.
NUMBERS = ("9434765919", "9990000018", "9990000026", "9434765991", None)
FORENAMES = ("Maria", "Mary", "Martha", "Trevor", "Trev", None)
SURNAMES = ("Okafor", "Okafer", "Langdale", None)
BIRTHS = ("1950-02-03", "1950-03-02", "1987-11-30", "1900-01-01", None)
POSTCODES = ("BH1 1AA", "BH1 1AB", "DT4 7ZZ", "ZZ99 3VZ", None)

record = st.fixed_dictionaries(
    {
        "partner": st.sampled_from(("R0D", "QVV", "RZC")),
        "record_id": st.sampled_from([f"r{n}" for n in range(12)]),
        "nhs_number": st.sampled_from(NUMBERS),
        "forename": st.sampled_from(FORENAMES),
        "surname": st.sampled_from(SURNAMES),
        "birth_date": st.sampled_from(BIRTHS),
        "postcode": st.sampled_from(POSTCODES),
        "phone": st.sampled_from(("01202 000001", "01202 000002", None)),
    }
)
few = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def table(records: list[dict[str, str | None]]) -> ir.Table:
    schema = IDENTITIES.schema()
    text = {name: "int64" if name == "source_row" else "string" for name in schema}
    rows = [
        {name: one.get(name) for name in schema}
        | {"known_date": "2026-04-01", "file_id": "0", "source_row": 2}
        for one in records
    ]
    read = ibis.memtable(rows, schema=text)
    return read.select(**{name: read[name].cast(dtype) for name, dtype in schema.items()})


def rows(found: ir.Table) -> list[tuple[object, ...]]:
    return sorted(tuple(map(str, row.values())) for row in found.to_pyarrow().to_pylist())


@few
@given(st.lists(record, min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    engine: DuckDBEngine, records: list[dict[str, str | None]], chance: random.Random
) -> None:
    shuffled = list(records)
    chance.shuffle(shuffled)
    one = link(engine, table(records), key=KEY, run="1")
    two = link(engine, table(shuffled), key=KEY, run="1")
    assert rows(one.links) == rows(two.links)
    assert rows(one.review) == rows(two.review)


@few
@given(st.lists(record, min_size=1, max_size=30), st.lists(record, max_size=8), st.data())
def test_every_record_that_moves_is_explained(
    engine: DuckDBEngine,
    records: list[dict[str, str | None]],
    later: list[dict[str, str | None]],
    data: st.DataObject,
) -> None:
    dropped = data.draw(st.sets(st.integers(0, len(records) - 1), max_size=3))
    first = link(engine, table(records), key=KEY, run="1")
    kept = [one for place, one in enumerate(records) if place not in dropped]
    second = link(engine, table(kept + later), key=KEY, earlier=Earlier(first.links), run="2")
    before, after = _persons(first.links), _persons(second.links)
    moved: dict[tuple[str, str], int] = {}
    for patient, old in before.items():
        if patient in after and after[patient] != old:
            moved[old, after[patient]] = moved.get((old, after[patient]), 0) + 1
    told = {
        (row["old_person_id"], row["new_person_id"]): row["identities"]
        for row in second.link_changes.to_pyarrow().to_pylist()
        if row["change"] != "gone"
    }
    assert told == moved
    _assert_unchanged_clusters_keep_their_id(before, after)


def _assert_unchanged_clusters_keep_their_id(
    before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]
) -> None:
    now = {frozenset(group) for group in _groups(after).values()}
    for old, group in _groups(before).items():
        if frozenset(group) in now:
            assert {after[patient] for patient in group} == {old}


def _persons(links: ir.Table) -> dict[tuple[str, str], str]:
    return {
        (row["partner"], row["record_id"]): row["person_id"]
        for row in links.to_pyarrow().to_pylist()
    }


def _groups(persons: dict[tuple[str, str], str]) -> dict[str, set[tuple[str, str]]]:
    groups: dict[str, set[tuple[str, str]]] = {}
    for patient, person in persons.items():
        groups.setdefault(person, set()).add(patient)
    return groups
