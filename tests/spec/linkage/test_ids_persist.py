"""A person keeps an id from run to run, and what moves is explained."""

from __future__ import annotations

import ibis.expr.types as ir

from joinedup.engines import DuckDBEngine
from joinedup.linkage import Earlier, Linked, link
from tests.spec.linkage.people import KEY, identities

HEAD = "partner | record_id | nhs_number | forename | surname | birth_date | postcode\n"
MARIA = "R0D | a | 9434765919 | Maria | Okafor | 1950-02-03 | BH1 1AA\n"
MARIA_NO_NUMBER = "QVV | b | - | Maria | Okafor | 1950-02-03 | DT4 7ZZ\n"
MARIA_MOVED = "QVV | b | 9434765919 | Maria | Okafor | 1950-02-03 | DT4 7ZZ\n"
TREVOR = "RZC | c | 9990000018 | Trevor | Langdale | 1987-11-30 | DT4 7ZZ\n"


def run(engine: DuckDBEngine, text: str, name: str, before: ir.Table | None = None) -> Linked:
    earlier = None if before is None else Earlier(before)
    return link(engine, identities(HEAD + text), key=KEY, earlier=earlier, run=name)


def ids(linked: Linked) -> dict[str, str]:
    return {row["record_id"]: row["person_id"] for row in linked.links.to_pyarrow().to_pylist()}


def changes(linked: Linked) -> list[tuple[str, str, str, int]]:
    rows = linked.link_changes.to_pyarrow().to_pylist()
    return sorted(
        (row["old_person_id"], row["new_person_id"], row["change"], row["identities"])
        for row in rows
    )


def test_nothing_new_changes_nothing(engine: DuckDBEngine) -> None:
    first = run(engine, MARIA + TREVOR, "1")
    again = run(engine, TREVOR + MARIA, "2", first.links)
    assert ids(again) == ids(first)
    assert changes(again) == []
    assert {row["run"] for row in again.links.to_pyarrow().to_pylist()} == {"1"}


def test_a_newcomer_leaves_others_as_they_were(engine: DuckDBEngine) -> None:
    first = run(engine, MARIA, "1")
    second = run(engine, MARIA + TREVOR, "2", first.links)
    assert ids(second)["a"] == ids(first)["a"]
    runs = {row["record_id"]: row["run"] for row in second.links.to_pyarrow().to_pylist()}
    assert runs == {"a": "1", "c": "2"}


def test_a_corrected_number_merges_two_persons(engine: DuckDBEngine) -> None:
    first = run(engine, MARIA + MARIA_NO_NUMBER.replace("Maria", "Mary Ann"), "1")
    before = ids(first)
    assert before["a"] != before["b"]
    second = run(engine, MARIA + MARIA_MOVED.replace("Maria", "Mary Ann"), "2", first.links)
    after = ids(second)
    assert after["a"] == after["b"]
    assert after["a"] in before.values()
    (gone,) = set(before.values()) - {after["a"]}
    assert changes(second) == [(gone, after["a"], "merged", 1)]


def test_a_withdrawn_number_splits_a_person(engine: DuckDBEngine) -> None:
    first = run(engine, MARIA + MARIA_MOVED.replace("Maria", "Mary Ann"), "1")
    second = run(engine, MARIA + MARIA_NO_NUMBER.replace("Maria", "Mary Ann"), "2", first.links)
    before, after = ids(first), ids(second)
    assert after["a"] == before["a"]
    assert after["b"] != before["b"]
    assert changes(second) == [(before["b"], after["b"], "split", 1)]
    (why,) = (row["why"] for row in second.link_changes.to_pyarrow().to_pylist())
    assert why == "no record matches any more"


def test_a_person_whose_records_are_gone_is_said_to_be_gone(engine: DuckDBEngine) -> None:
    first = run(engine, MARIA + TREVOR, "1")
    second = run(engine, MARIA, "2", first.links)
    assert changes(second) == [(ids(first)["c"], "", "gone", 1)]


def test_an_id_is_not_given_again_to_somebody_else(engine: DuckDBEngine) -> None:
    """The old id went with the record that most had it; the number's owner gets a fresh one."""
    both = MARIA + MARIA_MOVED + "RZC | d | 9434765919 | Maria | Okafor | 1950-02-03 | DT4 7ZZ\n"
    first = run(engine, both, "1")
    other = (
        both.replace("R0D | a | 9434765919", "R0D | a | 9434765919")
        .replace("b | 9434765919", "b | 9990000026")
        .replace("d | 9434765919", "d | 9990000026")
    )
    second = run(engine, other, "2", first.links)
    before, after = ids(first), ids(second)
    assert after["b"] == after["d"] == before["b"]
    assert after["a"] not in before.values()
