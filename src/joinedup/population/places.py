"""Where people live and where they are registered, as at a date; and how many in each area.

Residents and registered patients are different populations: some residents are on the list of a
practice elsewhere, and some patients live elsewhere. Both are kept.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

# A dated statement beats an undated one: null sorts as if before anyone now living was born.
_LONG_AGO = dt.date(1800, 1, 1)


def living(persons: ir.Table, on: dt.date) -> ir.Table:
    """The persons born and not known to have died by a date; an unknown birth month counts."""
    is_born = persons.birth_month.isnull() | (persons.birth_month <= ibis.literal(on))
    is_alive = persons.death_date.isnull() | (persons.death_date > ibis.literal(on))
    return persons.filter(is_born & is_alive)


def home_of(residences: ir.Table, on: dt.date) -> ir.Table:
    """One LSOA a person as at a date: columns person_id, lsoa_code.

    Partners disagree: the latest extract is believed, then the latest start, then the area that
    most partners state, then the code that sorts first.
    """
    return _latest(residences, "lsoa_code", on)


def practice_of(registrations: ir.Table, on: dt.date) -> ir.Table:
    """One practice a person as at a date, chosen likewise: columns person_id, practice_code."""
    return _latest(registrations, "practice_code", on)


def memberships_on(
    memberships: ir.Table, *, member_kind: str, of_kind: str, on: dt.date
) -> ir.Table:
    """What lay wholly or mostly in what as at a date: columns member, area.

    Where a member is shared between areas, the area with the largest share has it.
    """
    asked = memberships.filter(
        (memberships.member_kind == member_kind)
        & (memberships.of_kind == of_kind)
        & _holds(memberships, on)
    )
    first = ibis.row_number().over(group_by="member", order_by=[ibis.desc("share"), ibis.asc("of")])
    ranked = asked.mutate(place=first)
    return ranked.filter(ranked.place == 0).select("member", area=ranked["of"])


def people_by_area(people: ir.Table, where: ir.Table, areas: ir.Table) -> ir.Table:
    """How many people each area has: columns area, is_known, people.

    `where` is `home_of` or `practice_of`; `areas` comes from `memberships_on`. A null area with
    `is_known` is somewhere outside; without, nobody said where.
    """
    place = next(name for name in where.columns if name != "person_id")
    placed = people.select("person_id").left_join(where, "person_id").drop("person_id_right")
    located = placed.left_join(areas, placed[place] == areas.member)
    counted = located.group_by("area", is_known=located[place].notnull())
    return counted.aggregate(people=lambda t: t.count()).order_by("area", "is_known")


def _latest(stated: ir.Table, column: str, on: dt.date) -> ir.Table:
    believed = (
        stated.filter(_holds(stated, on))
        .group_by("person_id", column)
        .aggregate(
            known=lambda t: t.known_date.max(),
            start=lambda t: t.start_date.max().coalesce(ibis.literal(_LONG_AGO)),
            partners=lambda t: t.partner.nunique(),
        )
    )
    first = ibis.row_number().over(
        group_by="person_id",
        order_by=[ibis.desc("known"), ibis.desc("start"), ibis.desc("partners"), ibis.asc(column)],
    )
    ranked = believed.mutate(place=first)
    return ranked.filter(ranked.place == 0).select("person_id", column)


def _holds(table: ir.Table, on: dt.date) -> ir.BooleanValue:
    """Whether a row from `start_date` until before `end_date` holds on a day."""
    has_begun = table.start_date.isnull() | (table.start_date <= ibis.literal(on))
    goes_on = table.end_date.isnull() | (table.end_date > ibis.literal(on))
    return has_begun & goes_on
