"""Who is treated where: by where people live, where they are registered, and who gives the care."""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

# A service with a tenth of its contacts from outside is planned with a neighbour: a working rule.
WIDE_SHARE: Final = 0.1


def treated_where(
    contacts: ir.Table,
    homes: ir.Table,
    home_areas: ir.Table,
    practices: ir.Table,
    practice_areas: ir.Table,
) -> ir.Table:
    """Contacts by area of residence, provider and area of registration: they sum to all contacts.

    `homes` (person_id, lsoa_code) and `practices` (person_id, practice_code) say where people were
    as at a date; `home_areas` and `practice_areas` (member, area) what lies in what. Columns
    home_area, is_home_known, organisation, setting, registered_area, is_registered, contacts,
    persons. A null area that is known is somewhere outside; persons of different rows overlap.
    """
    placed = _placed(contacts, homes, home_areas, "home_area", "is_home_known")
    both = _placed(placed, practices, practice_areas, "registered_area", "is_registered")
    return both.group_by(
        "home_area", "is_home_known", "organisation", "setting", "registered_area", "is_registered"
    ).aggregate(contacts=both.count(), persons=both.person_id.nunique())


def flows_across(
    contacts: ir.Table, homes: ir.Table, home_areas: ir.Table, provider_areas: ir.Table, area: str
) -> ir.Table:
    """What crosses one area's edge, by provider and setting: contacts and persons.

    `provider_areas` (member, area) says in which area an organisation lies. `direction` is inside
    (residents treated here), inflow (others treated here), outflow (residents treated elsewhere) or
    home_not_known (treated here). Columns organisation, setting, direction, contacts, persons.
    """
    placed = _placed(contacts, homes, home_areas, "home_area", "is_home_known")
    lies_in = provider_areas.select(provider="member", provider_area="area")
    both = placed.left_join(lies_in, placed.organisation == lies_in.provider)
    lives_here = (both.home_area == area).fill_null(False)
    treated_here = (both.provider_area == area).fill_null(False)
    direction = ibis.cases(
        (lives_here & treated_here, "inside"),
        (lives_here, "outflow"),
        (treated_here & both.is_home_known, "inflow"),
        (treated_here, "home_not_known"),
    )
    said = both.mutate(direction=direction).filter(lambda t: t.direction.notnull())
    return said.group_by("organisation", "setting", "direction").aggregate(
        contacts=said.count(), persons=said.person_id.nunique()
    )


def reach_of_teams(
    contacts: ir.Table,
    homes: ir.Table,
    home_areas: ir.Table,
    area: str,
    *,
    wide_share: float = WIDE_SHARE,
) -> ir.Table:
    """How far each team reaches beyond an area, by where the people live whom it sees.

    A team: an organisation in a setting. Columns organisation, setting, contacts, from_outside,
    share_outside (of contacts whose home is known; null where none is), home_areas (how many
    different, all that is outside them as one), is_wide (share_outside of `wide_share` or more).
    """
    placed = _placed(contacts, homes, home_areas, "home_area", "is_home_known")
    outside = placed.is_home_known & (placed.home_area.fill_null("") != area)
    nowhere = placed.is_home_known & placed.home_area.isnull()
    counted = placed.group_by("organisation", "setting").aggregate(
        contacts=placed.count(),
        known=placed.is_home_known.cast("int64").sum(),
        from_outside=outside.cast("int64").sum(),
        home_areas=placed.home_area.nunique() + nowhere.cast("int64").max(),
    )
    share = counted.from_outside.cast("float64") / counted.known.nullif(0)
    return counted.mutate(share_outside=share, is_wide=(share >= wide_share).fill_null(False)).drop(
        "known"
    )


def _placed(
    contacts: ir.Table, where: ir.Table, areas: ir.Table, area_name: str, known_name: str
) -> ir.Table:
    """The contacts with an area of the person, and whether anybody said where."""
    place = next(name for name in where.columns if name != "person_id")
    located = where.select(at_person="person_id", at_place=place)
    lies_in = areas.select(of_member="member", of_area="area")
    joined = contacts.left_join(located, contacts.person_id == located.at_person)
    both = joined.left_join(lies_in, joined.at_place == lies_in.of_member)
    named = {area_name: both.of_area, known_name: both.at_place.notnull()}
    return both.mutate(**named).drop("at_person", "at_place", "of_member", "of_area")
