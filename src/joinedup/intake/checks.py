"""The checks of a row, built from the feed: which rule, about which column, and what it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.intake.feed import Form, Mapped, Part
from joinedup.intake.mapping import MappedRows, each_column, has_time
from joinedup.intake.readings import unreadable_rule
from joinedup.intake.rules import BY_ID, Severity
from joinedup.terms import nhs_number
from joinedup.terms.dates import BIRTH_PLACEHOLDERS, EXTRACT_TOLERANCE

# Pairs of promised columns of which the first must not be after the second.
_IN_ORDER: Final = (
    ("start_at", "end_at", "end_before_start"),
    ("start_date", "end_date", "end_before_start"),
    ("sent_at", "closed_at", "end_before_start"),
    ("start_at", "ready_at", "ready_out_of_order"),
    ("ready_at", "end_at", "ready_out_of_order"),
)
_ORGANISATIONS: Final = ("organisation", "practice_code", "from_organisation", "to_organisation")
# A trust's sites have its three-character code and two more (NHS Data Dictionary,
# ORGANISATION SITE IDENTIFIER).
_TRUST_CODE_CHARACTERS: Final = 3
_SITE_CODE_CHARACTERS: Final = 5
# A death may be registered, or its time read, a day out.
_DEATH_TOLERANCE: Final = timedelta(days=1)
# Bits of a whole number that one mask uses.
MASK_BITS: Final = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a row: the reason that it gives, and whether it refuses or flags."""

    reason: str
    refuses: bool
    failed: ir.BooleanValue


def build_checks(rows: MappedRows, organisations: Collection[str]) -> tuple[Check, ...]:
    """Every check of a feed's rows. `organisations`: codes that the system knows."""
    building = _Building(rows, sorted(organisations))
    found: dict[tuple[str, bool], Check] = {}
    for check in building.all():
        same = found.get((check.reason, check.refuses))
        if same is not None:
            check = Check(check.reason, check.refuses, same.failed | check.failed)
        found[(check.reason, check.refuses)] = check
    return tuple(found.values())


def mask(checks: tuple[Check, ...]) -> ir.IntegerValue:
    """One bit for each check that failed, the first check the lowest; at most `MASK_BITS`."""
    bits = [ibis.ifelse(check.failed, 1 << bit, 0) for bit, check in enumerate(checks)]
    return reduce(lambda total, bit: total + bit, bits, ibis.literal(0, "int64"))


def failed_in(found: int, checks: tuple[Check, ...]) -> tuple[str, ...]:
    """The reasons that a mask of these checks holds."""
    return tuple(check.reason for bit, check in enumerate(checks) if found >> bit & 1)


@dataclass(frozen=True, slots=True)
class _Building:
    rows: MappedRows
    organisations: list[str]

    def all(self) -> Iterator[Check]:
        """Every check, value by value and then pair by pair."""
        feed = self.rows.feed
        for part in (feed.identity, *feed.parts):
            yield from self._values(part, self.rows.takes(part))
            yield from self._order(part)
            for codes in part.codes:
                yield from self._codes(part, codes)
        yield from self._identity()
        for part in feed.parts:
            yield from self._life(part)
        yield from self._own()

    def _check(self, rule: str, column: str, failed: ir.Value, *, needed: bool = False) -> Check:
        severity = BY_ID[rule].severity
        refuses = severity is Severity.REFUSE or (severity is Severity.BY_NEED and needed)
        chosen = self.rows.feed.severity.get(rule)
        # Without a value that the table needs a row cannot be kept, whatever the feed says.
        if chosen is not None and not (needed and severity is not Severity.FLAG):
            refuses = chosen == "refuse"
        return Check(f"{rule}:{column}" if column else rule, refuses, failed)

    def _values(self, part: Part, takes: ir.Value) -> Iterator[Check]:
        for mapped in part.columns:
            yield from self._value(mapped, takes, needed=mapped.target.required)
            if mapped.target.name in _ORGANISATIONS and mapped.value.columns:
                yield self._check(
                    "organisation_unknown", mapped.label, takes & self._unknown(mapped)
                )

    def _value(self, mapped: Mapped, takes: ir.Value, *, needed: bool) -> Iterator[Check]:
        rows = self.rows
        unreadable = rows.unreadable(mapped)
        if unreadable is not None:
            rule = unreadable_rule(mapped)
            yield self._check(rule, mapped.label, takes & unreadable, needed=needed)
        if needed and mapped.value.constant is None:
            missing = rows.local(mapped).isnull()
            if unreadable is not None:
                missing = missing & ~unreadable
            yield self._check("required_missing", mapped.label, takes & missing, needed=True)
        if mapped.value.form in (Form.DATE, Form.DATETIME):
            impossible = rows.limits.is_impossible(rows.local(mapped))
            yield self._check("date_impossible", mapped.label, takes & impossible, needed=needed)

    def _codes(self, event: Part, codes: Part) -> Iterator[Check]:
        code = codes.find("code")
        assert code is not None  # read_feed has refused a feed without one
        takes = self.rows.takes(event) & self.rows.takes(codes)
        present = [self.rows.value(one).notnull() for one in each_column(code)]
        takes = takes & reduce(lambda a, b: a | b, present)
        for mapped in codes.columns:
            if mapped is not code:
                yield from self._value(mapped, takes, needed=mapped.target.name == "system")

    def _unknown(self, mapped: Mapped) -> ir.Value:
        code = self.rows.value(mapped)
        trust = code.substr(0, _TRUST_CODE_CHARACTERS)
        is_site = (code.length() == _SITE_CODE_CHARACTERS) & trust.isin(self.organisations)
        return code.notnull() & ~(code.isin(self.organisations) | is_site)

    def _order(self, part: Part) -> Iterator[Check]:
        takes = self.rows.takes(part)
        for early, late, rule in _IN_ORDER:
            first, last = part.find(early), part.find(late)
            if first is not None and last is not None:
                yield self._check(rule, last.label, takes & self._is_after(first, last))

    def _is_after(self, first: Mapped, last: Mapped) -> ir.Value:
        """Whether a time is after another; by the day where either has no time of day."""
        before, after = self.rows.local(first), self.rows.local(last)
        if not (has_time(first.value) and has_time(last.value)):
            before, after = before.truncate("D"), after.truncate("D")
        return before > after

    def _identity(self) -> Iterator[Check]:
        rows, identity = self.rows, self.rows.feed.identity
        number = identity.find("nhs_number")
        if number is not None:
            text, ten = rows.text(number), rows.local(number)
            is_placeholder = nhs_number.is_placeholder(rows.nhs_number()).fill_null(False)
            checks_out = nhs_number.has_check_digit(rows.nhs_number())
            wrong = text.notnull() & (ten.isnull() | ~checks_out)
            yield self._check("nhs_number_invalid", number.label, wrong & ~is_placeholder)
            yield self._check("nhs_number_placeholder", number.label, is_placeholder)
        birth, death = identity.find("birth_date"), identity.find("death_date")
        if birth is not None:
            placeholder = rows.local(birth).cast("date").isin(BIRTH_PLACEHOLDERS)
            yield self._check("birth_date_placeholder", birth.label, placeholder)
            if death is not None:
                wrong = rows.value(birth) > rows.value(death)
                yield self._check("death_before_birth", death.label, wrong)

    def _life(self, part: Part) -> Iterator[Check]:
        """An event against the patient's life, and against the day of the extract."""
        start = part.find("start_at") or part.find("sent_at")
        if start is None or start.value.constant is not None:
            return
        rows, takes = self.rows, self.rows.takes(part)
        day = rows.local(start).cast("date")
        birth, death = rows.feed.identity.find("birth_date"), rows.feed.identity.find("death_date")
        if birth is not None:
            yield self._check("birth_after_event", start.label, takes & (rows.value(birth) > day))
        if death is not None:
            died = rows.value(death) + ibis.interval(days=_DEATH_TOLERANCE.days)
            yield self._check(
                "event_after_death", start.label, takes & (day.cast("timestamp") > died)
            )
        kind = part.find("kind")
        last = rows.limits.extract_date + ibis.interval(days=EXTRACT_TOLERANCE.days)
        late = takes & (day > last) & ~rows.limits.is_impossible(rows.local(start))
        if kind is not None:  # an appointment may well lie ahead
            late = late & (rows.value(kind) != "appointment")
        yield self._check("date_after_extract", start.label, late)

    def _own(self) -> Iterator[Check]:
        for rule in self.rows.feed.own_rules:
            wrong = self.rows.value(rule.first) > self.rows.value(rule.not_after)
            yield Check(rule.id, rule.refuses, wrong)
            for one in (rule.first, rule.not_after):
                unreadable = self.rows.unreadable(one)
                if unreadable is not None:
                    yield self._check(unreadable_rule(one), one.label, unreadable)
