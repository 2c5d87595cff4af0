"""Who is on which register as at a date, and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import ibis
import ibis.expr.types as ir

from joinedup.population.ages import age_years
from joinedup.population.declarations import EventRule, People, Register, ValueRule

# On which the register of a person is kept: long, one row a person and register.
MEMBERS = ibis.schema({"person_id": "string", "register": "string", "since_date": "date"})


def facts_by_person(listed: ir.Table, on: dt.date) -> ir.Table:
    """Each person's facts of each list up to a date: person_id, list, first, last.

    `listed` is `in_lists`.
    """
    past = listed.filter(listed.date <= ibis.literal(on))
    return past.group_by("person_id", "list").aggregate(
        first_date=past.date.min(), last_date=past.date.max()
    )


def latest_values(
    listed: ir.Table, lists: Sequence[str], first: dt.date, last: dt.date
) -> ir.Table:
    """Each person's latest value of each list within two days, both in.

    Columns: person_id, list, date, value.

    Of several on the last day the highest, so that the order of rows changes nothing.
    """
    within = listed.filter(
        listed.list.isin(lists)
        & listed.value.notnull()
        & listed.date.between(ibis.literal(first), ibis.literal(last))
    )
    newest = ibis.row_number().over(
        group_by=["person_id", "list"], order_by=[ibis.desc("date"), ibis.desc("value")]
    )
    ranked = within.select("person_id", "list", "date", "value").mutate(place=newest)
    return ranked.filter(ranked.place == 0).drop("place")


def members_of(
    register: Register,
    *,
    persons: ir.Table,
    listed: ir.Table,
    facts: ir.Table,
    events: ir.Table,
    others: ir.Table,
    on: dt.date,
) -> ir.Table:
    """The living people on one register as at a date: person_id, register, since_date.

    `persons` are those living; `facts` is `facts_by_person`; `others` are the members of all
    registers that this one needs. `since_date` is when the first way in was first met.
    """
    ways = list(_ways_in(register, listed=listed, facts=facts, events=events, others=others, on=on))
    found = ibis.union(*ways) if len(ways) > 1 else ways[0]
    since = found.group_by("person_id").aggregate(since_date=found.since_date.min())
    people = persons.inner_join(since, "person_id")
    people = people.filter(may_count(people, register.people, on))
    for needed in register.people.registers:
        people = people.semi_join(_of(others, (needed,)), "person_id")
    if register.without:
        people = people.anti_join(_of(others, register.without), "person_id")
    return people.select(
        "person_id", "since_date", register=ibis.literal(register.about.id)
    ).select(*MEMBERS.names)


def may_count(persons: ir.Table, people: People, on: dt.date) -> ir.BooleanValue:
    """Whether a person is of the ages and sex; where age or sex is unknown, a limit keeps out."""
    conditions: list[ir.BooleanValue] = [ibis.literal(True)]
    age = age_years(persons.birth_month, on)
    if people.from_age is not None:
        conditions.append(age >= people.from_age)
    if people.to_age is not None:
        conditions.append(age <= people.to_age)
    if people.sex:
        conditions.append(persons.sex == people.sex)
    return ibis.and_(*conditions).fill_null(False)


def is_event(events: ir.Table, rule: EventRule) -> ir.BooleanValue:
    """Whether an event fits a rule, its code lists apart; unknown is no."""
    conditions: list[ir.BooleanValue] = [ibis.literal(True)]
    for column, allowed in (
        ("setting", rule.settings),
        ("kind", rule.kinds),
        ("urgency", rule.urgencies),
        ("service", rule.services),
        ("outcome", rule.outcomes),
    ):
        if allowed:
            conditions.append(events[column].isin(allowed))
    if rule.least_days is not None:
        days = days_between(events.start_at, events.end_at)
        conditions.append(days >= rule.least_days)
    return ibis.and_(*conditions).fill_null(False)


def days_between(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.IntegerValue:
    """Nights from one day to another, as bed days are counted."""
    return end.date().delta(start.date(), unit="day").cast("int64")


def _ways_in(
    register: Register,
    *,
    listed: ir.Table,
    facts: ir.Table,
    events: ir.Table,
    others: ir.Table,
    on: dt.date,
) -> Iterable[ir.Table]:
    since = on - dt.timedelta(days=register.within_days) if register.within_days else None
    if register.lists:
        yield _coded(register, facts, since)
    if register.value:
        yield _valued(register.value, listed, since or dt.date(1900, 1, 1), on)
    if register.events:
        yield _arranged(register.events, events, on)
    if register.of:
        theirs = _of(others, register.of)
        many = theirs.group_by("person_id").aggregate(
            registers=theirs.register.nunique(), since_date=theirs.since_date.max()
        )
        yield many.filter(many.registers >= register.least).select("person_id", "since_date")


def _coded(register: Register, facts: ir.Table, since: dt.date | None) -> ir.Table:
    mine = facts.filter(facts.list.isin(register.lists))
    coded = mine.group_by("person_id").aggregate(
        since_date=mine.first_date.min(), last_date=mine.last_date.max()
    )
    if since is not None:
        coded = coded.filter(coded.last_date > ibis.literal(since))
    if register.resolved_by:
        ended = facts.filter(facts.list.isin(register.resolved_by))
        ended = ended.group_by(ended_id="person_id").aggregate(ended_date=ended.last_date.max())
        both = coded.left_join(ended, coded.person_id == ended.ended_id)
        # Coded and resolved on one day: resolved, as the day's last word.
        coded = both.filter(both.ended_date.isnull() | (both.last_date > both.ended_date))
    return coded.select("person_id", "since_date")


def _valued(rule: ValueRule, listed: ir.Table, first: dt.date, last: dt.date) -> ir.Table:
    newest = latest_values(listed, (rule.list,), first, last)
    return newest.filter(is_within(newest.value, rule)).select("person_id", since_date="date")


def is_within(value: ir.FloatingValue, rule: ValueRule) -> ir.BooleanValue:
    """Whether a value is inside a rule's limits, ends included."""
    conditions: list[ir.BooleanValue] = [ibis.literal(True)]
    if rule.at_least is not None:
        conditions.append(value >= rule.at_least)
    if rule.at_most is not None:
        conditions.append(value <= rule.at_most)
    return ibis.and_(*conditions)


def _arranged(rule: EventRule, events: ir.Table, on: dt.date) -> ir.Table:
    day = ibis.literal(on)
    starts, ends = events.start_at.date(), events.end_at.date()
    is_open = (starts <= day) & (events.end_at.isnull() | (ends > day))
    fits = events.filter(is_event(events, rule) & is_open)
    return fits.group_by("person_id").aggregate(since_date=fits.start_at.date().min())


def _of(members: ir.Table, registers: Sequence[str]) -> ir.Table:
    return members.filter(members.register.isin(registers))
