"""Who is on which register as at a date, and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

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
    registers: Sequence[Register],
    *,
    persons: ir.Table,
    listed: ir.Table,
    facts: ir.Table,
    events: ir.Table,
    others: ir.Table,
    on: dt.date,
) -> ir.Table:
    """The living people on some registers as at a date: person_id, register, since_date.

    `persons` are those living; `facts` is `facts_by_person`; `others` are the members of all
    registers that these need. `since_date` is when the first way in was first met. What registers
    say is put into small tables and joined, so that fifty take hardly longer than one.
    """
    ways = [_coded(registers, facts, on), _counted(registers, others)]
    for one in registers:
        if one.value:
            since = _since(one, on) or dt.date(1900, 1, 1)
            ways.append(_named(_valued(one.value, listed, since, on), one))
        if one.events:
            ways.append(_named(_arranged(one.events, events, _since(one, on), on), one))
    found = ibis.union(*(way.select(*MEMBERS.names) for way in ways))
    since = found.group_by("person_id", "register").aggregate(since_date=found.since_date.min())
    people = persons.select("person_id", "sex", age=age_years(persons.birth_month, on))
    held = since.inner_join(people, "person_id").inner_join(_limits(registers), "register")
    held = held.filter(
        (held.from_age.isnull() | (held.age >= held.from_age).fill_null(False))
        & (held.to_age.isnull() | (held.age <= held.to_age).fill_null(False))
        & (held.of_sex.isnull() | (held.sex == held.of_sex).fill_null(False))
    )
    for pairs, is_in in ((_pairs(registers, "without"), False), (_needed(registers), True)):
        held = _with_others(held, others, pairs, is_in=is_in)
    return held.select(*MEMBERS.names)


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


_PAIR = ibis.schema({"register": "string", "other": "string"})


def _pairs(registers: Sequence[Register], names: str) -> list[tuple[str, str]]:
    return [(one.about.id, name) for one in registers for name in getattr(one, names)]


def _needed(registers: Sequence[Register]) -> list[tuple[str, str]]:
    return [(one.about.id, name) for one in registers for name in one.people.registers]


def _pair_table(pairs: Sequence[tuple[str, str]]) -> ir.Table:
    rows = [{"register": register, "other": other} for register, other in pairs]
    return ibis.memtable(rows, schema=_PAIR)


def _limits(registers: Sequence[Register]) -> ir.Table:
    rows = [
        {
            "register": one.about.id,
            "from_age": one.people.from_age,
            "to_age": one.people.to_age,
            "of_sex": one.people.sex or None,
        }
        for one in registers
    ]
    schema = {"register": "string", "from_age": "int64", "to_age": "int64", "of_sex": "string"}
    return ibis.memtable(rows, schema=ibis.schema(schema))


def _with_others(
    held: ir.Table, others: ir.Table, pairs: Sequence[tuple[str, str]], *, is_in: bool
) -> ir.Table:
    """Those who are on all of the other registers that theirs names, or on none of them."""
    if not pairs:
        return held
    named = _pair_table(pairs)
    theirs = others.select("person_id", other="register").inner_join(named, "other")
    on_others = theirs.group_by("person_id", "register").aggregate(met=theirs.other.nunique())
    if not is_in:
        return held.anti_join(on_others, ["person_id", "register"])
    asked = named.group_by("register").aggregate(asked=named.count())
    on_all = on_others.inner_join(asked, "register")
    on_all = on_all.filter(on_all.met == on_all.asked)
    asks = held.register.isin(sorted({register for register, _ in pairs}))
    free = held.filter(~asks)
    return free.union(held.filter(asks).semi_join(on_all, ["person_id", "register"]))


def _since(register: Register, on: dt.date) -> dt.date | None:
    return on - dt.timedelta(days=register.within_days) if register.within_days else None


def _named(found: ir.Table, register: Register) -> ir.Table:
    return found.mutate(register=ibis.literal(register.about.id))


def _coded(registers: Sequence[Register], facts: ir.Table, on: dt.date) -> ir.Table:
    """Those with a code, and none on that day or later that it is resolved."""
    rows = [
        {"register": one.about.id, "list": name, "ends": ends, "after_date": _since(one, on)}
        for one in registers
        for names, ends in ((one.lists, False), (one.resolved_by, True))
        for name in names
    ]
    schema = {"register": "string", "list": "string", "ends": "boolean", "after_date": "date"}
    mine = facts.inner_join(ibis.memtable(rows, schema=ibis.schema(schema)), "list")
    coded = mine.group_by("person_id", "register", "after_date").aggregate(
        since_date=mine.first_date.min(where=~mine.ends),
        last_date=mine.last_date.max(where=~mine.ends),
        ended_date=mine.last_date.max(where=mine.ends),
    )
    return coded.filter(
        coded.last_date.notnull()
        & (coded.after_date.isnull() | (coded.last_date > coded.after_date))
        # Coded and resolved on one day: resolved, as the day's last word.
        & (coded.ended_date.isnull() | (coded.last_date > coded.ended_date))
    )


def _counted(registers: Sequence[Register], others: ir.Table) -> ir.Table:
    """Those on so many of other registers, since they came onto the last of those."""
    named = _pair_table(_pairs(registers, "of"))
    rows = [{"register": one.about.id, "least": one.least} for one in registers]
    least = ibis.memtable(rows, schema=ibis.schema({"register": "string", "least": "int64"}))
    theirs = others.select("person_id", "since_date", other="register").inner_join(named, "other")
    many = theirs.group_by("person_id", "register").aggregate(
        met=theirs.other.nunique(), since_date=theirs.since_date.max()
    )
    many = many.inner_join(least, "register")
    return many.filter(many.met >= many.least)


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


def _arranged(rule: EventRule, events: ir.Table, since: dt.date | None, on: dt.date) -> ir.Table:
    day = ibis.literal(on)
    starts, ends = events.start_at.date(), events.end_at.date()
    late = ends > (day if since is None else ibis.literal(since))
    is_open = (starts <= day) & (events.end_at.isnull() | late)
    fits = events.filter(is_event(events, rule) & is_open)
    return fits.group_by("person_id").aggregate(since_date=fits.start_at.date().min())
