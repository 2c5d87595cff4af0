"""What differs between two snapshots of a table: rows by the file they came from, and people."""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

# What is said of a person that a later record may correct.
DETAILS: Final = ("sex", "birth_month", "death_date", "ethnicity")
WEIGHED: Final = "a match weight above the threshold"


def rows_by_file(before: ir.Table, after: ir.Table) -> ir.Table:
    """file_id, rows_before, rows_after: one row a file whose number of rows differs."""
    then = before.select("file_id", was=ibis.literal(1, "int64"))
    both = then.union(after.select("file_id", was=ibis.literal(0, "int64")))
    counted = both.group_by("file_id").aggregate(
        rows_before=both.was.sum(), rows_after=both.count() - both.was.sum()
    )
    return counted.filter(counted.rows_before != counted.rows_after)


def people_changed(before: ir.Table, after: ir.Table) -> ir.Table:
    """One row: people `came` and `went`, and of those in both whose details are others.

    `before` and `after` are `persons`; a column for each of DETAILS counts people.
    """
    then = before.select("person_id", was_there=ibis.literal(True), **_named(before, "was"))
    now = after.select(now_id="person_id", **_named(after, "is"))
    both = then.outer_join(now, then.person_id == now.now_id)
    in_both = both.person_id.notnull() & both.now_id.notnull()
    return both.aggregate(
        came=_count_where(both.person_id.isnull()),
        went=_count_where(both.now_id.isnull()),
        **{
            name: _count_where(in_both & ~both[f"was_{name}"].identical_to(both[f"is_{name}"]))
            for name in DETAILS
        },
    )


def links_changed(link_changes: ir.Table) -> ir.Table:
    """change, why, people: what became of old persons, told once for each of them.

    A person whose records went to several counts under the reason of most of them. Match weights
    are one reason, however many bits they have.
    """
    by_weight = link_changes.why.startswith("match weight")
    link_changes = link_changes.mutate(why=ibis.ifelse(by_weight, WEIGHED, link_changes.why))
    of_person = ibis.row_number().over(
        group_by=["old_person_id", "change"],
        order_by=[link_changes.identities.desc(), link_changes.why, link_changes.new_person_id],
    )
    first = link_changes.mutate(place=of_person)
    first = first.filter(first.place == 0)
    return first.group_by("change", "why").aggregate(people=first.count())


def register_changed(before: ir.Table, after: ir.Table, key: tuple[str, ...]) -> ir.Table:
    """The rows of a register that are in one snapshot alone: `change` is added or removed.

    A row that says something else under the same key is `changed`, and has what it says now.
    """
    came = after.difference(before)
    went = before.difference(after)
    changed = came.semi_join(went, _same(came, went, key)).mutate(change=ibis.literal("changed"))
    added = came.anti_join(went, _same(came, went, key)).mutate(change=ibis.literal("added"))
    removed = went.anti_join(came, _same(went, came, key)).mutate(change=ibis.literal("removed"))
    return changed.union(added).union(removed)


def _same(one: ir.Table, other: ir.Table, key: tuple[str, ...]) -> list[ir.BooleanValue]:
    return [one[name].identical_to(other[name]) for name in key]


def _named(persons: ir.Table, when: str) -> dict[str, ir.Value]:
    return {f"{when}_{name}": persons[name] for name in DETAILS}


def _count_where(condition: ir.BooleanValue) -> ir.IntegerScalar:
    return condition.cast("int64").sum().fill_null(0)
