"""What measures and registers there are, what each means, and their values in the snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import ibis

from joinedup import population, tables
from joinedup.actions.handing_on import write_out
from joinedup.actions.open_system import open_system
from joinedup.partners import System, read_system
from joinedup.population import Definitions, Measure, Register
from joinedup.safeguards import Purpose
from joinedup.safeguards.disclosure import PUBLISHED_RULE, shown_count
from joinedup.terms import NotFoundError
from joinedup.terms.nearest import nearest

# A register this many times above or below its published prevalence is worth a look.
_FAR: Final = 1.5


@dataclass(frozen=True, slots=True)
class Listed:
    """One definition in a list; `waits_for` are code lists that nobody has given yet."""

    id: str
    title: str
    version: str
    file: str
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One measure for one area, period and part; None and `status` where it is not shown."""

    footprint: str
    area: str
    name: str
    period_start: dt.date
    period_end: dt.date
    breakdown: str
    category: str
    numerator: float | None
    denominator: float | None
    value: float | None
    lower: float | None
    upper: float | None
    status: str


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """One measure: what its declaration says, and the values asked for."""

    measure: Measure
    snapshot: str
    values: tuple[Value, ...] = ()
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which values: of one footprint, area, breakdown; all where empty, but the newest period."""

    footprint: str = ""
    area: str = ""
    breakdown: str = "all"
    every_period: bool = False


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What was written: the file, its rows, and how many of them are not shown."""

    path: Path
    rows: int
    not_shown: int


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """One register: its declaration, its people in the snapshot, and the published prevalence.

    `people` is rounded, None where too few to show; `per_100` is of living people of the register's
    ages and sex. `verdict` says how it lies to what is published, "" where nothing is.
    """

    register: Register
    snapshot: str
    people: int | None
    eligible: int | None
    per_100: float | None
    expected_per_100: float | None
    expected_source: str
    verdict: str
    codes: Mapping[str, int] = field(default_factory=dict)
    waits_for: tuple[str, ...] = ()


def definitions_of(system: System) -> Definitions:
    """The package's definitions and the system's own."""
    return population.read_definitions([population.shipped_definitions(), system.measures])


def list_measures(folder: Path) -> tuple[Listed, ...]:
    """All measures, by id."""
    found = definitions_of(read_system(folder))
    return tuple(_listed(one, found) for one in found.measures.values())


def list_registers(folder: Path) -> tuple[Listed, ...]:
    """All registers, by id."""
    found = definitions_of(read_system(folder))
    return tuple(_listed(found.registers[name], found) for name in sorted(found.registers))


def show_measure(folder: Path, measure_id: str, wanted: Wanted) -> MeasureFacts:
    """One measure with its values as they may be shown. NotFoundError where there is none."""
    found = definitions_of(read_system(folder))
    measure = _named(measure_id, found.measures, "measure")
    with open_system(folder, Purpose.POPULATION_HEALTH) as opened:
        waits_for = found.waiting.get(measure_id, ())
        if waits_for:
            return MeasureFacts(measure, opened.snapshot.id, waits_for=waits_for)
        rows = _asked(opened.table("measures"), wanted, measure_id)
        names = {(row["kind"], row["code"]): row["name"] for row in opened.all_rows("areas")}
        names |= {("", row["code"]): row["name"] for row in opened.all_rows("organisations")}
        values = tuple(_value(row, names) for row in rows.to_pyarrow().to_pylist())
    return MeasureFacts(measure, opened.snapshot.id, values)


def hand_on(folder: Path, wanted: Wanted, path: Path, *, measure_id: str = "") -> HandedOn:
    """Write measures as they may leave the system to a file: one of them, or all.

    The file says the data date, the versions of definitions, the filters and the rule by which
    small numbers are hidden.
    """
    found = definitions_of(read_system(folder))
    if measure_id:
        _named(measure_id, found.measures, "measure")
    with open_system(folder, Purpose.POPULATION_HEALTH) as opened:
        rows = _asked(opened.table("measures"), wanted, measure_id).to_pyarrow()
        about = {
            "System": f"{opened.system.name} ({opened.system.ods_code})",
            "Snapshot": opened.snapshot.id,
            "Data to": f"{_as_at(opened.files):%d %B %Y}",
            "Filters": _filters(wanted, measure_id),
            "Small numbers": PUBLISHED_RULE.in_words(),
            "Definitions": "; ".join(
                f"{one} version {found.measures[one].about.version}: "
                f"{found.measures[one].about.says} Source: {found.measures[one].about.source}."
                for one in sorted(set(rows["measure_id"].to_pylist()))
                if one in found.measures
            ),
        }
    write_out(rows, about, path)
    shown = sum(one in ("shown", "zero") for one in rows["status"].to_pylist())
    return HandedOn(path, rows.num_rows, rows.num_rows - shown)


def _asked(rows: ibis.Table, wanted: Wanted, measure_id: str) -> ibis.Table:
    """The rows asked for, in order."""
    if measure_id:
        rows = rows.filter(rows.measure_id == measure_id)
    for column in ("footprint", "area", "breakdown"):
        if asked := getattr(wanted, column):
            rows = rows.filter(rows[column] == asked)
    if not wanted.every_period:
        rows = rows.filter(rows.period_end == rows.period_end.max())
    return rows.order_by(*tables.MEASURES.key)


def _filters(wanted: Wanted, measure_id: str) -> str:
    asked = {
        "measure": measure_id,
        "footprint": wanted.footprint,
        "area": wanted.area,
        "breakdown": wanted.breakdown,
        "periods": "all" if wanted.every_period else "the newest",
    }
    return ", ".join(f"{name} {value}" for name, value in asked.items() if value)


def show_register(folder: Path, register_id: str) -> RegisterFacts:
    """One register with its people held against what is published. NotFoundError for none."""
    found = definitions_of(read_system(folder))
    register = _named(register_id, found.registers, "register")
    with open_system(folder, Purpose.POPULATION_HEALTH) as opened:
        people, eligible = None, None
        waits_for = found.waiting.get(register_id, ())
        if not waits_for:
            members = opened.register_members
            people = _shown(members.filter(members.register == register_id))
            as_at = _as_at(opened.files)
            living = population.living(opened.persons, as_at)
            eligible = _shown(living.filter(population.may_count(living, register.people, as_at)))
        per_100 = 100 * people / eligible if people is not None and eligible else None
        return RegisterFacts(
            register=register,
            snapshot=opened.snapshot.id,
            people=people,
            eligible=eligible,
            per_100=per_100,
            expected_per_100=register.expected.per_100 if register.expected else None,
            expected_source=register.expected.source if register.expected else "",
            verdict=_verdict(register, per_100),
            codes={
                name: len(found.lists[name].codes)
                for name in register.needs_lists
                if name in found.lists
            },
            waits_for=waits_for,
        )


def _verdict(register: Register, per_100: float | None) -> str:
    if register.expected is None or per_100 is None:
        return ""
    if per_100 > register.expected.per_100 * _FAR:
        return "higher than published"
    if per_100 < register.expected.per_100 / _FAR:
        return "lower than published"
    return "about as published"


def _as_at(files: ibis.Table) -> dt.date:
    taken = files.filter(files.outcome == "accepted")
    newest = taken.extract_date.max().to_pyarrow().as_py()
    today = dt.datetime.now(dt.UTC).date()
    return min(newest or today, today)


def _listed(one: Register | Measure, found: Definitions) -> Listed:
    about = one.about
    return Listed(about.id, about.title, about.version, about.file, found.waiting.get(about.id, ()))


def _named(name: str, known: Mapping[str, Any], kind: str) -> Any:
    if name not in known:
        near = nearest(name, known)
        raise NotFoundError(
            f"There is no {kind} '{name}'.",
            cure=f"Did you mean '{near}'?" if near else f"See 'joinedup {kind} list'.",
        )
    return known[name]


def _value(row: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> Value:
    code = row["area"]
    name = names.get((row["footprint"], code)) or names.get(("", code), "")
    return Value(
        name=name or names.get(("system", code), ""),
        **{key: row[key] for key in Value.__slots__ if key != "name"},
    )


def _shown(table: ibis.Table) -> int | None:
    return shown_count(int(table.count().to_pyarrow().as_py()), PUBLISHED_RULE)
