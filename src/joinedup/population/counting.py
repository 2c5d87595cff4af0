"""What each person adds to each measure's numerator and denominator in a period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.population.declarations import Count, EventRule, Measure
from joinedup.population.registers import (
    days_between,
    is_event,
    is_within,
    latest_values,
    may_count,
)

NUMERATOR, DENOMINATOR = "n__", "d__"
COUNTED = (NUMERATOR, DENOMINATOR)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start`, in, to `end`, out."""

    start: dt.date
    end: dt.date

    @property
    def last(self) -> dt.date:
        """The last day within."""
        return self.end - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Records:
    """The tables that measures are counted from; `listed` is `in_lists`, `members` of registers as
    at the period's last day.
    """

    events: ir.Table
    listed: ir.Table
    members: ir.Table


def counts_by_person(
    measures: Sequence[Measure], people: ir.Table, records: Records, period: Period
) -> ir.Table:
    """`people` with two columns a measure: `n__ID` and `d__ID`, nought where nothing counts.

    People may have further columns, such as those of `placed`, which are kept.

    The denominator of a rate is in days lived.
    """
    wide = people
    sources = [
        _from_events(measures, records, period),
        _from_registers(measures, records),
        *_from_codes(measures, records, period),
    ]
    for place, source in enumerate(one for one in sources if one is not None):
        # A name of its own for each key: to drop a column of very many takes Ibis long.
        named = source.rename({f"who_{place}": "person_id"})
        wide = wide.left_join(named, wide.person_id == named[f"who_{place}"])
    return wide.select(*people.columns, **_columns(measures, wide, period))


def counts_by_provider(measures: Sequence[Measure], records: Records, period: Period) -> ir.Table:
    """Of measures of events among events, those at each organisation: its code, `n__`, `d__`."""
    within = _within(records.events, period)
    marks = _marks(measures, within, records, period)
    counted = marks.group_by("organisation")
    return counted.aggregate(
        **{name: marks[name].sum() for name in marks.columns if name.startswith(COUNTED)}
    )


def _columns(measures: Sequence[Measure], wide: ir.Table, period: Period) -> Mapping[str, ir.Value]:
    columns: dict[str, ir.Value] = {}
    for measure in measures:
        name = measure.about.id
        top = wide[NUMERATOR + name].fill_null(0).cast("int64")
        if measure.is_of_events:
            below = wide[DENOMINATOR + name].fill_null(0).cast("int64")
            columns |= {NUMERATOR + name: top, DENOMINATOR + name: below}
            continue
        counts = may_count(wide, measure.people, period.last)
        for register in measure.people.registers:
            counts = counts & wide[f"r__{register}"].fill_null(False)
        if measure.is_rate:
            below = ibis.ifelse(counts, wide.days, 0)
        else:
            counts = counts & wide.is_at_end
            below = ibis.ifelse(counts, 1, 0)
            top = ibis.ifelse(top > 0, 1, 0)
        columns[NUMERATOR + name] = ibis.ifelse(counts, top, 0).cast("int64")
        columns[DENOMINATOR + name] = below.cast("int64")
    return columns


def _from_events(measures: Sequence[Measure], records: Records, period: Period) -> ir.Table | None:
    asked = [one for one in measures if one.numerator.events is not None]
    if not asked:
        return None
    within = _within(records.events, period)
    marks = _marks(asked, within, records, period)
    names = [name for name in marks.columns if name.startswith(COUNTED)]
    return marks.group_by("person_id").aggregate(**{name: marks[name].sum() for name in names})


def _within(events: ir.Table, period: Period) -> ir.Table:
    """Events of which some day lies within; whether they began within is asked of each count."""
    first, past = ibis.timestamp(str(period.start)), ibis.timestamp(str(period.end))
    goes_on = events.end_at.isnull() | (events.end_at >= first)
    return events.filter((events.start_at < past) & ((events.start_at >= first) | goes_on))


def _marks(
    measures: Sequence[Measure], within: ir.Table, records: Records, period: Period
) -> ir.Table:
    """One row an event: its person and organisation, and what it adds to each measure."""
    counts = {
        kind + one.about.id: count
        for one in measures
        for kind, count in ((NUMERATOR, one.numerator), (DENOMINATOR, one.denominator))
        if count is not None and count.events is not None
    }
    within = within.filter(_may_fit(within, counts.values()))
    listed = _lists_of_events(counts.values(), records.listed)
    if listed is not None:
        within = within.left_join(listed, "event_id").drop("event_id_right")
    columns = {name: _mark(within, count, period) for name, count in counts.items()}
    return within.select("person_id", "organisation", **columns)


def _may_fit(events: ir.Table, counts: Iterable[Count]) -> ir.BooleanValue:
    """Whether some rule asks for events of the setting and kind: half of all are of no interest."""
    pairs = sorted({(one.events.settings, one.events.kinds) for one in counts if one.events})
    return ibis.or_(
        *(is_event(events, EventRule(settings=settings, kinds=kinds)) for settings, kinds in pairs)
    )


def _mark(events: ir.Table, count: Count, period: Period) -> ir.NumericValue:
    rule = count.events
    assert rule is not None
    fits = is_event(events, rule)
    if rule.lists:
        fits = fits & events[_list_column(rule)].fill_null(False)
    first, past = ibis.timestamp(str(period.start)), ibis.timestamp(str(period.end))
    if not count.days:
        return ibis.ifelse(fits & (events.start_at >= first), 1, 0).cast("int64")
    begins = events.start_at if count.days == "stay" else events.ready_at
    begins = ibis.ifelse(begins < first, first, begins)
    ends = ibis.ifelse(events.end_at.isnull() | (events.end_at > past), past, events.end_at)
    days = days_between(begins, ends)
    return ibis.ifelse(fits & (days > 0), days, 0).fill_null(0).cast("int64")


def _list_column(rule: EventRule) -> str:
    return f"l__{'first_' if rule.is_primary else ''}{'_or_'.join(rule.lists)}"


def _lists_of_events(counts: Iterable[Count], listed: ir.Table) -> ir.Table | None:
    """A column for each set of lists that rules ask for: whether an event has a code of it."""
    rules = {_list_column(c.events): c.events for c in counts if c.events and c.events.lists}
    if not rules:
        return None
    wanted = sorted({name for rule in rules.values() for name in rule.lists})
    mine = listed.filter(listed.list.isin(wanted))
    columns = {}
    for name, rule in rules.items():
        has = mine.list.isin(rule.lists)
        columns[name] = (has & (mine.position == 1) if rule.is_primary else has).any()
    return mine.group_by("event_id").aggregate(**columns)


def _from_registers(measures: Sequence[Measure], records: Records) -> ir.Table | None:
    counted = sorted({one.numerator.register for one in measures} - {""})
    limiting = sorted({name for one in measures for name in one.people.registers})
    if not counted and not limiting:
        return None
    mine = records.members.filter(records.members.register.isin({*counted, *limiting}))
    columns: dict[str, ir.Value] = {
        f"r__{name}": (mine.register == name).any() for name in limiting
    }
    for one in measures:
        if one.numerator.register:
            is_on = (mine.register == one.numerator.register).any()
            columns[NUMERATOR + one.about.id] = ibis.ifelse(is_on, 1, 0)
    return mine.group_by("person_id").aggregate(**columns)


def _from_codes(
    measures: Sequence[Measure], records: Records, period: Period
) -> Sequence[ir.Table]:
    coded = [one for one in measures if one.numerator.lists]
    valued = [one for one in measures if one.numerator.value]
    found = []
    if coded:
        days = records.listed.date.between(ibis.literal(period.start), ibis.literal(period.last))
        wanted = sorted({name for one in coded for name in one.numerator.lists})
        mine = records.listed.filter(days & records.listed.list.isin(wanted))
        columns = {
            NUMERATOR + one.about.id: ibis.ifelse(mine.list.isin(one.numerator.lists).any(), 1, 0)
            for one in coded
        }
        found.append(mine.group_by("person_id").aggregate(**columns))
    if valued:
        lists = sorted({one.numerator.value.list for one in valued if one.numerator.value})
        newest = latest_values(records.listed, lists, period.start, period.last)
        columns = {}
        for one in valued:
            rule = one.numerator.value
            assert rule is not None
            is_inside = ((newest.list == rule.list) & is_within(newest.value, rule)).any()
            columns[NUMERATOR + one.about.id] = ibis.ifelse(is_inside, 1, 0)
        found.append(newest.group_by("person_id").aggregate(**columns))
    return found
