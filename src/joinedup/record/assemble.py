"""One person's history across partners: received rows joined to the person that they are about."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.tables import Table


def attach_person(declared: Table, received: ir.Table, links: ir.Table) -> ir.Table:
    """A promised table from the rows received: `record_id` gives way to `person_id`.

    `received` has the columns of `declared.as_received()` and, where the promised table has no
    `partner`, that too. Every record is linked, so that no row is lost.
    """
    who = links.select("partner", "record_id", "person_id")
    joined = received.inner_join(who, ["partner", "record_id"])
    return joined.select(*declared.column_names)


def assemble_persons(identities: ir.Table, links: ir.Table) -> ir.Table:
    """`persons`: the most often recorded sex, birth month and ethnicity; the earliest death date.

    Each is counted over distinct records; a tie goes to the value that sorts first, so that the
    order of rows and files changes nothing.
    """
    who = links.select("partner", "record_id", "person_id")
    known = identities.inner_join(who, ["partner", "record_id"])
    known = known.mutate(birth_month=_first_of_month(known.birth_date))
    persons = known.group_by("person_id").aggregate(
        death_date=known.death_date.min(), partners=known.partner.nunique()
    )
    counts = who.group_by("person_id").aggregate(identities=who.count())
    persons = persons.join(counts, "person_id")
    for column in ("sex", "birth_month", "ethnicity"):
        chosen = _most_often(known, column)
        persons = persons.left_join(chosen, "person_id").drop("person_id_right")
    return persons.select(
        "person_id", "sex", "birth_month", "death_date", "ethnicity", "identities", "partners"
    )


def _first_of_month(day: ir.DateValue) -> ir.DateValue:
    # Engines truncate a date to a time; this stays a date.
    return ibis.date(day.year(), day.month(), 1)


def _most_often(known: ir.Table, column: str) -> ir.Table:
    counted = (
        known.filter(known[column].notnull())
        .group_by("person_id", column)
        .aggregate(times=lambda t: t.count())
    )
    first = ibis.row_number().over(
        group_by="person_id", order_by=[ibis.desc("times"), ibis.asc(column)]
    )
    ranked = counted.mutate(place=first)
    return ranked.filter(ranked.place == 0).select("person_id", column)
