"""What a snapshot knows of people as at a date, as risk models read it."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup import population
from joinedup.actions.open_system import OpenSystem
from joinedup.population import Definitions, Register
from joinedup.population.risk import History
from joinedup.terms import SettingError

# Its `of` are the registers of long-term conditions, which a system may set otherwise.
_LONG_TERM: Final = "multimorbidity"
_FRAILTY: Final = (("mild_frailty", 1), ("moderate_frailty", 2), ("severe_frailty", 3))
# A system's own list of reviews of long-term conditions goes beside the one that is shipped.
_REVIEWS: Final = ("long_term_condition_review", "medication_review")


@dataclass(frozen=True, slots=True)
class Facts:
    """Coded facts of the lists that risk needs, and the registers that they put people on.

    `facts` has person_id, list, date and known_date, when we were told.
    """

    facts: ir.Table
    registers: tuple[Register, ...]

    def conditions(self, on: dt.date, *, late_knowledge: bool) -> ir.Table:
        """Long-term conditions as at a date: person_id, condition; none that was resolved since.

        A register's limits of age and sex are not applied: a diagnosis is one at any age.
        """
        rows = [
            {"list": name, "condition": one.about.id, "resolves": resolves}
            for one in self.registers
            for names, resolves in ((one.lists, False), (one.resolved_by, True))
            for name in names
        ]
        meaning = ibis.memtable(
            rows, schema={"list": "string", "condition": "string", "resolves": "boolean"}
        )
        said = self._known(on, late_knowledge=late_knowledge).inner_join(meaning, "list")
        last = said.group_by("person_id", "condition").aggregate(
            coded=said.date.max(where=~said.resolves), resolved=said.date.max(where=said.resolves)
        )
        goes_on = last.resolved.isnull() | (last.resolved < last.coded)
        return last.filter(last.coded.notnull() & goes_on).select("person_id", "condition")

    def frailty(self, on: dt.date) -> ir.Table | None:
        """The level last coded: person_id, level (1 to 3); None where nobody has one coded."""
        levels = ibis.memtable([{"list": name, "level": level} for name, level in _FRAILTY])
        said = self._known(on, late_knowledge=True).inner_join(levels, "list")
        newest = ibis.row_number().over(
            group_by="person_id", order_by=[ibis.desc("date"), ibis.desc("level")]
        )
        ranked = said.select("person_id", "date", "level").mutate(place=newest)
        return _unless_empty(ranked.filter(ranked.place == 0).select("person_id", "level"))

    def reviews(self, on: dt.date) -> ir.Table | None:
        """Reviews that were coded: person_id, review_date; None where no review is coded at all,
        for then nothing says that one is overdue.
        """
        known = self._known(on, late_knowledge=True)
        return _unless_empty(
            known.filter(known.list.isin(_REVIEWS)).select("person_id", review_date="date")
        )

    def _known(self, on: dt.date, *, late_knowledge: bool) -> ir.Table:
        past = self.facts.filter(self.facts.date < ibis.literal(on))
        return past if late_knowledge else past.filter(past.known_date <= ibis.literal(on))


def read_facts(
    system: OpenSystem, definitions: Definitions, people: ir.Table, kept: ExitStack
) -> Facts:
    """The facts about some people (person_id), worked out once and kept until `kept` closes.

    SettingError where no long-term condition is declared.
    """
    named = definitions.registers.get(_LONG_TERM)
    known = {one.about.id: one for one in definitions.ready_registers}
    registers = tuple(
        known[name] for name in (named.of if named else ()) if name in known and known[name].lists
    )
    if not registers:
        raise SettingError(
            "no register of a long-term condition can be told by codes.",
            where=f"register {_LONG_TERM}",
            cure="Declare registers with code lists, and name them in its `of`.",
        )
    asked = {name for one in registers for name in (*one.lists, *one.resolved_by)}
    asked |= {*_REVIEWS, *(name for name, _ in _FRAILTY)}
    lists = {name: one for name, one in definitions.lists.items() if name in asked}
    codes = system.codes.semi_join(people, "person_id")
    listed = population.in_lists(codes, population.list_codes(lists))
    told = system.events.select("event_id", "known_date")
    dated = listed.inner_join(told, "event_id").select("person_id", "list", "date", "known_date")
    return Facts(kept.enter_context(dated.cache()), registers)


def history_as_at(
    system: OpenSystem, facts: Facts, people: ir.Table, on: dt.date, *, late_knowledge: bool
) -> History:
    """The history of `people`, rows of `persons`, with homes and conditions as at a date."""
    small = system.small_areas
    vintage = small.lsoa_vintage.min().as_scalar()
    deprivation = small.filter(small.lsoa_vintage == vintage)
    return History(
        persons=people,
        events=system.events.semi_join(people, "person_id"),
        codes=system.codes.semi_join(people, "person_id"),
        conditions=facts.conditions(on, late_knowledge=late_knowledge),
        homes=population.home_of(system.residences.semi_join(people, "person_id"), on),
        deprivation=deprivation.select("lsoa_code", decile="imd_decile"),
    )


def _unless_empty(table: ir.Table) -> ir.Table | None:
    return table if table.count().to_pyarrow().as_py() else None
