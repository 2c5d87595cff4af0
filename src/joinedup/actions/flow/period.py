"""A snapshot opened for one question about flow: for which dates, as at when, with names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.actions.flow.answer import Answer, Part
from joinedup.actions.flow.small_numbers import RULE
from joinedup.actions.open_system import OpenSystem, open_system
from joinedup.flow import care_contacts
from joinedup.population import memberships_on
from joinedup.safeguards import Purpose
from joinedup.terms import NotFoundError, SettingError

_TRUST_KINDS: Final = ("acute_trust", "community_trust", "mental_health_trust", "ambulance_trust")
# A trust's site has the trust's three characters and two more (NHS Organisation Data Service).
_TRUST_CHARACTERS: Final = 3
_SITE_CHARACTERS: Final = 5
HIDDEN_IN_WORDS: Final = (
    f"Counts of people of {RULE.threshold} and fewer, and nought, are hidden; so is what would "
    f"give them away. All other counts are rounded to the nearest {RULE.rounding}."
)


@dataclass(frozen=True, slots=True)
class Dates:
    """The days asked for, `start` until before `end`; the newest covered year where neither."""

    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """An open snapshot, the period asked for, and the day of its newest extract."""

    system: OpenSystem
    start: dt.date
    end: dt.date
    as_at: dt.date
    names: Mapping[str, str]
    trusts: tuple[str, ...]

    @property
    def last(self) -> dt.date:
        """The last day of the period."""
        return self.end - dt.timedelta(days=1)

    def contacts(self) -> ir.Table:
        """All care up to the newest extract, at trusts and not at their sites."""
        return care_contacts(self.events(), self.as_at)

    def events(self) -> ir.Table:
        """The promised events, each at an organisation as it is called now."""
        return self.at_trusts(self.system.events, "organisation")

    def at_trusts(self, table: ir.Table, column: str) -> ir.Table:
        """The table with sites as their trusts, and trusts that merged as what they became."""
        code = table[column]
        trust = code.substr(0, _TRUST_CHARACTERS)
        is_site = (
            (code.length() == _SITE_CHARACTERS) & trust.isin(self.trusts) & ~code.isin(self.known)
        )
        placed = table.mutate(**{column: is_site.ifelse(trust, code)})
        became = memberships_on(
            self.system.footprints, member_kind="trust", of_kind="trust", on=self.as_at
        ).select(ended="member", became="area")
        joined = placed.left_join(became, placed[column] == became.ended)
        now = joined.became.coalesce(joined[column])
        return joined.mutate(**{column: now}).drop("ended", "became")

    @property
    def known(self) -> list[str]:
        """Codes of organisations that the snapshot names."""
        return sorted(self.names)

    def name(self, code: str | None) -> str:
        """An organisation's name, or its code where it has none."""
        return "not stated" if code is None else self.names.get(code, code)

    def area_names(self, kind: str) -> Mapping[str, str]:
        """Names of the areas of one kind, by code."""
        found = [row for row in self.system.all_rows("areas") if row["kind"] == kind]
        return {row["code"]: row["name"] for row in found}

    def answer(self, question: str, parts: tuple[Part, ...], *notes: str) -> Answer:
        """The answer, with what must be said of its small numbers."""
        said = (*filter(None, notes), HIDDEN_IN_WORDS)
        return Answer(
            question, self.system.snapshot.id, self.start, self.end, self.as_at, parts, said
        )


@contextmanager
def look(folder: Path, dates: Dates) -> Iterator[Look]:
    """Open a system's snapshot for population health and settle the period.

    NotFoundError where no year is covered and no dates were given; SettingError for dates in no
    order.
    """
    with open_system(folder, Purpose.POPULATION_HEALTH) as system:
        start, end = _settled(system, dates)
        rows = system.all_rows("organisations")
        yield Look(
            system, start, end, _newest_extract(system),
            names={row["code"]: row["name"] for row in rows},
            trusts=tuple(sorted(row["code"] for row in rows if row["kind"] in _TRUST_KINDS)),
        )  # fmt: skip


def _settled(system: OpenSystem, dates: Dates) -> tuple[dt.date, dt.date]:
    if (dates.start is None) != (dates.end is None):
        raise SettingError(
            "one of the two dates is missing.", cure="Give --from and --to, or neither."
        )
    if dates.start is None or dates.end is None:
        return _newest_covered_year(system)
    if dates.start >= dates.end:
        raise SettingError(
            f"the period from {dates.start} until before {dates.end} holds no day.",
            cure="Give a --to after --from.",
        )
    return dates.start, dates.end


def _newest_covered_year(system: OpenSystem) -> tuple[dt.date, dt.date]:
    """The newest year of which measures were made: that of which every month has its events."""
    values = system.table("measures")
    newest = values.filter(values.period_end == values.period_end.max())
    found = newest.select("period_start", "period_end").distinct().to_pyarrow().to_pylist()
    if not found:
        raise NotFoundError(
            "there is no year of which every month has its events.",
            where=system.system.name,
            cure="Say which dates you mean: --from 2024-04-01 --to 2025-04-01.",
        )
    return found[0]["period_start"], found[0]["period_end"]


def _newest_extract(system: OpenSystem) -> dt.date:
    taken = [
        row["extract_date"]
        for row in system.all_rows("files")
        if row["outcome"] == "accepted" and row["extract_date"]
    ]
    today = dt.datetime.now(dt.UTC).date()
    return min(max(taken, default=today), today)


def rows_of(table: ibis.Table) -> list[dict[str, object]]:
    """The rows of a small table."""
    found: list[dict[str, object]] = table.to_pyarrow().to_pylist()
    return found
