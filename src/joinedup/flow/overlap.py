"""Whom teams share: a team is an organisation in a setting, as far as the records tell."""

from __future__ import annotations

from typing import Final

import ibis.expr.types as ir

# Five teams: more than a practice, a hospital and the services that one condition brings. A working
# rule for whom a neighbourhood team should look at first.
MANY_TEAMS: Final = 5


def shared_people(contacts: ir.Table) -> ir.Table:
    """How many people each two teams both saw: columns organisation, setting, people,
    other_organisation, other_setting, other_people, shared_people.

    `contacts` are those of the period (`between`). Each pair stands once, the team that sorts first
    on the left; pairs that share nobody are left out.
    """
    known = _teams(contacts)
    size = known.group_by("organisation", "setting").aggregate(people=known.person_id.nunique())
    one = known.rename(one_person="person_id")
    other = known.select(
        other_person="person_id", other_organisation="organisation", other_setting="setting"
    )
    both = one.inner_join(other, one.one_person == other.other_person)
    in_order = (both.organisation < both.other_organisation) | (
        (both.organisation == both.other_organisation) & (both.setting < both.other_setting)
    )
    pairs = both.filter(in_order)
    shared = pairs.group_by(
        "organisation", "setting", "other_organisation", "other_setting"
    ).aggregate(shared_people=pairs.one_person.nunique())
    return _with_sizes(shared, size)


def uncoordinated(
    contacts: ir.Table, coordinators: ir.Table, *, many_teams: int = MANY_TEAMS
) -> ir.Table:
    """People whom so many teams saw or more, and for whom `coordinators` (person_id) names nobody.

    Columns person_id, teams, organisations. Where coordinators are not recorded the table is empty
    and everybody with many teams is here: absence of a name is not proof that nobody coordinates.
    """
    known = _teams(contacts)
    seen = known.group_by("person_id").aggregate(
        teams=known.count(), organisations=known.organisation.nunique()
    )
    return seen.filter(seen.teams >= many_teams).anti_join(coordinators, "person_id")


def _teams(contacts: ir.Table) -> ir.Table:
    return contacts.select("person_id", "organisation", "setting").distinct()


def _with_sizes(shared: ir.Table, size: ir.Table) -> ir.Table:
    left = size.select(left_organisation="organisation", left_setting="setting", people="people")
    right = size.select(
        right_organisation="organisation", right_setting="setting", other_people="people"
    )
    joined = shared.inner_join(
        left,
        [shared.organisation == left.left_organisation, shared.setting == left.left_setting],
    ).inner_join(
        right,
        [
            shared.other_organisation == right.right_organisation,
            shared.other_setting == right.right_setting,
        ],
    )
    return joined.select(
        "organisation", "setting", "people", "other_organisation", "other_setting", "other_people",
        "shared_people",
    )  # fmt: skip
