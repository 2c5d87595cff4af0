"""What came of people in the window after an index date: what a model learns and is judged by.

Outcomes use all that is known today; only features are held to what was known then.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.population.places import living
from joinedup.population.risk.contacts import (
    COUNTED,
    EMERGENCY_ADMISSION,
    PACKAGE,
    Contact,
    in_care_home,
)
from joinedup.population.risk.history import midnight
from joinedup.terms import SettingError

HORIZON_DAYS: Final = 365
# A rise in contacts counts where they at least double and grow by one a month.
RISE_RATIO: Final = 2
RISE_CONTACTS: Final = 12


def outcome(
    persons: ir.Table,
    events: ir.Table,
    on: dt.date,
    what: Contact = EMERGENCY_ADMISSION,
    *,
    days: int = HORIZON_DAYS,
) -> ir.Table:
    """Whether each person living on `on` had an event in the `days` from it.

    Columns person_id, happened, died. Who dies without the event is counted as without: death
    competes with it, and what a service has to plan for is who will come, not who would have come
    had nobody died (cumulative incidence; Wolbers 2009, Epidemiology 20:555; Austin 2016,
    Circulation 133:601). `died` lets a caller leave them out to see what it changes.
    """
    people = living(persons, on)
    after = _window(events, on, days).filter(what.holds)
    found = after.select("person_id").distinct().mutate(found=ibis.literal(True))
    joined = people.left_join(found, "person_id")
    return joined.select("person_id", happened=joined.found.notnull(), died=_died(joined, on, days))


def rising_need(
    persons: ir.Table, events: ir.Table, on: dt.date, *, days: int = HORIZON_DAYS
) -> ir.Table:
    """Whether each person's need rose in the `days` from `on`, against as many before.

    Columns person_id, happened, died. It rose with any of: a package of care after none; a first
    place in a care home; contacts of all kinds (prescriptions apart) that doubled or more and grew
    by 12 or more. There is no standard definition: this is in the spirit of Bardsley and others
    (Age and Ageing 2011, 40:265), who predict the start of intensive social care or a marked rise
    in its cost.
    """
    people = living(persons, on)
    before, after = _window(events, on, -days), _window(events, on, days)
    earlier = _need(before, _in_force(events, on), "before")
    later = _need(after, after, "after")
    joined = people.left_join(earlier, "person_id").drop("person_id_right")
    joined = joined.left_join(later, "person_id").drop("person_id_right")
    counts = {
        name: joined[name].fill_null(0)
        for name in joined.columns
        if name.endswith(("_before", "_after"))
    }
    t = joined.mutate(**counts)
    more = t.contacts_after - t.contacts_before
    rose = (
        ((t.packages_after > 0) & (t.packages_before == 0))
        | ((t.homes_after > 0) & (t.homes_before == 0))
        | ((t.contacts_after >= RISE_RATIO * t.contacts_before) & (more >= RISE_CONTACTS))
    )
    return t.select("person_id", happened=rose, died=_died(t, on, days))


def check_observed(events: ir.Table, on: dt.date, *, days: int = HORIZON_DAYS) -> None:
    """SettingError where the window after `on` is not over by the latest extract."""
    until = on + dt.timedelta(days=days)
    latest = events.known_date.max().to_pyarrow().as_py()
    if latest is None or latest < until:
        raise SettingError(
            f"the {days} days after {on} end on {until}, and the latest extract is of {latest}.",
            where="index date",
            cure="Choose an earlier index date, or wait for the extracts.",
        )


def _window(events: ir.Table, on: dt.date, days: int) -> ir.Table:
    """The events that began in the `days` from `on`, or before it where `days` is negative."""
    first, past = (midnight(on, days), midnight(on)) if days < 0 else (midnight(on), None)
    found = events.filter(events.start_at >= first)
    return found.filter(found.start_at < (midnight(on, days) if past is None else past))


def _in_force(events: ir.Table, on: dt.date) -> ir.Table:
    """Packages that had begun, and had not ended a year before `on`: for who has had none."""
    begun = events.filter(PACKAGE.holds(events) & (events.start_at < midnight(on)))
    return begun.filter(begun.end_at.isnull() | (begun.end_at >= midnight(on, -HORIZON_DAYS)))


def _need(contacts: ir.Table, packages: ir.Table, when: str) -> ir.Table:
    """Contacts, packages and places in care homes: one row a person who has any."""
    is_contact = ibis.literal(False)
    for one in COUNTED:
        if one.name not in ("prescriptions", "did_not_attends"):
            is_contact = is_contact | one.holds(contacts)
    rows = [
        contacts.filter(is_contact).select(
            "person_id", contact=ibis.literal(1), package=ibis.literal(0), home=ibis.literal(0)
        ),
        packages.filter(PACKAGE.holds(packages)).select(
            "person_id",
            contact=ibis.literal(0),
            package=ibis.literal(1),
            home=in_care_home(packages).cast("int8"),
        ),
    ]
    both = ibis.union(*(one.cast({"contact": "int64", "package": "int64", "home": "int64"})
                        for one in rows))  # fmt: skip
    return both.group_by("person_id").aggregate(
        **{
            f"contacts_{when}": both.contact.sum(),
            f"packages_{when}": both.package.sum(),
            f"homes_{when}": both.home.sum(),
        }
    )


def _died(people: ir.Table, on: dt.date, days: int) -> ir.BooleanValue:
    last = ibis.literal(on + dt.timedelta(days=days))
    return (people.death_date < last).fill_null(False)
