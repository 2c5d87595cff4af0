"""What if a boundary changes: which people and which care would be on the other side."""

from __future__ import annotations

import ibis.expr.types as ir


def members_who_change(now: ir.Table, then: ir.Table) -> ir.Table:
    """Members (small areas or practices) whose area differs between two membership tables.

    `now` and `then` have member and area. Columns member, from_area, to_area; null: in none.
    """
    before = now.select(now_member="member", from_area="area")
    after = then.select(then_member="member", to_area="area")
    both = before.outer_join(after, before.now_member == after.then_member)
    changes = both.from_area.fill_null("") != both.to_area.fill_null("")
    return both.filter(changes).select(
        "from_area", "to_area", member=both.now_member.coalesce(both.then_member)
    )


def people_who_change(where: ir.Table, now: ir.Table, then: ir.Table) -> ir.Table:
    """How many people would change side: columns from_area, to_area, people.

    `where` has person_id and the member that the person belongs to (lsoa_code or practice_code).
    """
    moved = _movers(where, now, then)
    return moved.group_by("from_area", "to_area").aggregate(people=moved.person_id.nunique())


def activity_that_changes(
    events: ir.Table, where: ir.Table, now: ir.Table, then: ir.Table
) -> ir.Table:
    """Whose care would be another area's to plan and pay for, by organisation and setting.

    Columns from_area, to_area, organisation, setting, events, people, cost_pence, without_cost (how
    many of the events have no cost: their cost is not in the sum; it is null where none has one).
    Care itself does not move with a line on a map: this counts what would be on the other side.
    """
    moved = _movers(where, now, then)
    both = events.inner_join(moved, "person_id")
    return both.group_by("from_area", "to_area", "organisation", "setting").aggregate(
        events=both.count(),
        people=both.person_id.nunique(),
        cost_pence=both.cost_pence.sum(),
        without_cost=both.cost_pence.isnull().cast("int64").sum(),
    )


def _movers(where: ir.Table, now: ir.Table, then: ir.Table) -> ir.Table:
    place = next(name for name in where.columns if name != "person_id")
    changing = members_who_change(now, then)
    both = where.inner_join(changing, where[place] == changing.member)
    return both.select("person_id", "from_area", "to_area")
