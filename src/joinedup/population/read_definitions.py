"""Read registers, measures and code lists from TOML; every mistake has its file, key and cure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Final

from joinedup.partners import Section, read_settings
from joinedup.population.code_lists import CodeList, ListFile, read_code_lists
from joinedup.population.declarations import (
    About,
    Count,
    EventRule,
    Expected,
    Measure,
    People,
    Polarity,
    Register,
    Segment,
    Segmentation,
    ValueRule,
    prevalence_of,
)
from joinedup.tables import code_sets
from joinedup.terms import SettingError
from joinedup.terms.nearest import nearest

_OLDEST: Final = 120
_PER: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Definitions:
    """All that is declared, by id; a system's own go before the package's of the same id.

    `waiting` are ids of registers and measures whose code lists nobody has given, with the lists.
    Registers are in an order in which each comes after those that it needs.
    """

    registers: Mapping[str, Register] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    segmentations: Mapping[str, Segmentation] = field(default_factory=dict)
    lists: Mapping[str, CodeList] = field(default_factory=dict)
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def ready_registers(self) -> tuple[Register, ...]:
        """Those that can be told, in order."""
        return tuple(one for name, one in self.registers.items() if name not in self.waiting)

    @property
    def ready_measures(self) -> tuple[Measure, ...]:
        """Those that can be told, by id."""
        return tuple(one for name, one in self.measures.items() if name not in self.waiting)


@dataclass(slots=True)
class _Found:
    registers: dict[str, Register] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    segmentations: dict[str, Segmentation] = field(default_factory=dict)
    lists: dict[str, CodeList] = field(default_factory=dict)
    where: dict[str, Section] = field(default_factory=dict)


def shipped_definitions() -> Path:
    """The folder of the definitions that the package ships."""
    return Path(str(resources.files("joinedup.population"))) / "definitions"


def read_definitions(folders: Iterable[Path]) -> Definitions:
    """All definitions of some folders' TOML files, later folders going before earlier ones.

    SettingError with file, key and cure where one is wrong: an unknown key, an unknown code, a
    register that nobody declares, registers that need each other.
    """
    found = _Found()
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            _read_file(path, found)
    for register in list(found.registers.values()):
        measure = prevalence_of(register)
        found.measures.setdefault(measure.about.id, measure)
    _all_declared(found)
    registers = _in_order(found)
    measures = dict(sorted(found.measures.items()))
    return Definitions(
        registers,
        measures,
        dict(sorted(found.segmentations.items())),
        found.lists,
        _waiting(registers, measures, found.lists),
    )


def _read_file(path: Path, found: _Found) -> None:
    top = read_settings(path)
    for entry in top.sections("code_lists"):
        found.lists |= {one.name: one for one in read_code_lists(_list_file(entry, path))}
    registers, measures = top.section("registers"), top.section("measures")
    segmentations = top.section("segmentations")
    for name in segmentations.keys:
        section = segmentations.section(name)
        found.segmentations[name] = _segmentation(name, section)
        found.where[name] = section
    for name in registers.keys:
        section = registers.section(name)
        found.registers[name] = _register(name, section)
        found.where[name] = section
    for name in measures.keys:
        section = measures.section(name)
        found.measures[name] = _measure(name, section)
        found.where[name] = section
    top.finish()


def _list_file(entry: Section, path: Path) -> ListFile:
    file = path.parent / entry.text("file")
    if not file.is_file():
        raise entry.error("file", f"There is no file {file}.", "Name it as seen from this folder.")
    delimiter = entry.text("delimiter", ",", codes=(",", ";", "\t", "|", "tab"))
    names = entry.text_map("names", {})
    system = entry.text("system", "", codes=("", *code_sets.CODE_SYSTEMS))
    return ListFile(
        path=file,
        version=entry.text("version"),
        source=entry.text("source"),
        licence=entry.text("licence"),
        list_column=entry.text("list_column", "list"),
        code_column=entry.text("code_column", "code"),
        system=system,
        system_column=entry.text("system_column", "system"),
        match_column=entry.text("match_column", ""),
        delimiter="\t" if delimiter == "tab" else delimiter,
        names=names or None,
    )


def _about(name: str, section: Section) -> About:
    return About(
        id=name,
        title=section.text("title"),
        says=section.text("says"),
        source=section.text("source"),
        version=section.text("version"),
        why=section.text("why", ""),
        caveats=section.text("caveats", ""),
        owner=section.text("owner", ""),
        changes=section.texts("changes", ()),
        file=section.file.name,
    )


def _register(name: str, section: Section) -> Register:
    register = Register(
        about=_about(name, section),
        lists=section.texts("lists", ()),
        resolved_by=section.texts("resolved_by", ()),
        value=_value(section.section("value")) if "value" in section else None,
        events=_events(section.section("events")) if "events" in section else None,
        of=section.texts("of", ()),
        least=section.whole("least", 1, at_least=1),
        without=section.texts("without", ()),
        within_days=section.whole_or_none("within_days", at_least=1),
        people=_people(section),
        expected=_expected(section.section("expected")) if "expected" in section else None,
    )
    if not (register.lists or register.value or register.events or register.of):
        raise section.error(
            "", "It says nobody may be on it.", "Give `lists`, `value`, `events` or `of`."
        )
    if register.of and register.least > len(register.of):
        raise section.error("least", "It asks for more registers than `of` has.", "Lower it.")
    return register


def _expected(section: Section) -> Expected:
    return Expected(section.number("per_100"), section.text("source"))


def _people(section: Section) -> People:
    registers = section.texts("in_registers", ())
    people = People(
        from_age=section.whole_or_none("from_age", at_least=0, at_most=_OLDEST),
        to_age=section.whole_or_none("to_age", at_least=0, at_most=_OLDEST),
        sex=section.text("sex", "", codes=("", *code_sets.SEXES)),
        registers=registers,
    )
    if None not in (people.from_age, people.to_age) and people.to_age < people.from_age:  # type: ignore[operator]
        raise section.error("to_age", "It is less than `from_age`.", "Swap them.")
    return people


def _value(section: Section) -> ValueRule:
    value = ValueRule(
        list=section.text("list"),
        at_least=section.number("at_least") if "at_least" in section else None,
        at_most=section.number("at_most") if "at_most" in section else None,
    )
    if value.at_least is None and value.at_most is None:
        raise section.error("", "It has no limit.", "Give `at_least`, `at_most` or both.")
    return value


def _events(section: Section) -> EventRule:
    return EventRule(
        settings=section.texts("setting", (), codes=code_sets.SETTINGS),
        kinds=section.texts("kind", (), codes=code_sets.EVENT_KINDS),
        urgencies=section.texts("urgency", (), codes=code_sets.URGENCIES),
        services=section.texts("service", ()),
        outcomes=section.texts("outcome", (), codes=code_sets.OUTCOMES),
        lists=section.texts("lists", ()),
        is_primary=section.flag("is_primary", False),
        least_days=section.whole_or_none("least_days", at_least=0),
    )


def _measure(name: str, section: Section) -> Measure:
    numerator = _count(section.section("numerator"), section, "numerator")
    below = None
    if "denominator" in section:
        below = _count(section.section("denominator"), section, "denominator")
        if numerator.events is None or below.events is None:
            raise section.error(
                "denominator", "Only events are counted among events.",
                "Give `events` in both, or take `denominator` out and limit people by `from_age`, "
                "`to_age`, `sex` and `in_registers`.",
            )  # fmt: skip
    measure = Measure(
        about=_about(name, section),
        numerator=numerator,
        denominator=below,
        people=_people(section),
        per=section.whole("per", 100, at_least=1, at_most=_PER),
        is_standardised=section.flag("standardised", False),
        polarity=Polarity(section.text("better", "neither", codes=[one.value for one in Polarity])),
    )
    if measure.is_standardised and not measure.is_rate:
        raise section.error(
            "standardised", "Only a rate of events is standardised.", "Count `events`, or drop it."
        )
    return measure


def _segmentation(name: str, section: Section) -> Segmentation:
    segments = tuple(
        Segment(
            id=one.text("id"),
            title=one.text("title"),
            registers=one.texts("registers", ()),
            from_age=one.whole_or_none("from_age", at_least=0, at_most=_OLDEST),
            to_age=one.whole_or_none("to_age", at_least=0, at_most=_OLDEST),
        )
        for one in section.sections("segments")
    )
    if not segments or not segments[-1].is_open:
        raise section.error(
            "segments", "Some people fit in no segment.", "End with a segment that limits nobody."
        )
    if any(one.is_open for one in segments[:-1]):
        raise section.error(
            "segments", "Nobody can reach the segments after one that limits nobody.",
            "Put it last.",
        )  # fmt: skip
    return Segmentation(_about(name, section), segments)


def _count(section: Section, above: Section, key: str) -> Count:
    count = Count(
        register=section.text("register", ""),
        lists=section.texts("lists", ()),
        value=_value(section.section("value")) if "value" in section else None,
        events=_events(section.section("events")) if "events" in section else None,
        days=section.text("days", "", codes=("", "stay", "delay")),
    )
    given = [bool(count.register), bool(count.lists), bool(count.value), bool(count.events)]
    if sum(given) != 1:
        raise above.error(
            key, "It should count one thing.", "Give one of `register`, `lists`, `value`, `events`."
        )
    return count


def _all_declared(found: _Found) -> None:
    for kind in (found.registers, found.measures, found.segmentations):
        for name, one in kind.items():
            for needed in one.needs_registers:
                if needed not in found.registers:
                    near = nearest(needed, found.registers)
                    raise SettingError(
                        f"There is no register '{needed}'.",
                        where=_where(found, name),
                        cure=f"Did you mean '{near}'?" if near else "Declare it.",
                    )


def _where(found: _Found, name: str) -> str:
    section = found.where.get(name)
    return f"{section.file}, {section.key}" if section else name


def _in_order(found: _Found) -> dict[str, Register]:
    """Registers, each after those that it needs; SettingError where they go round in a circle."""
    left, ordered = dict(sorted(found.registers.items())), dict[str, Register]()
    while left:
        ready = [n for n, one in left.items() if all(m in ordered for m in one.needs_registers)]
        if not ready:
            name = min(left)
            raise SettingError(
                f"Registers need each other in a circle: {', '.join(sorted(left))}.",
                where=_where(found, name),
                cure="Take one of them out of another's `of`, `without` or `in_registers`.",
            )
        for name in ready:
            ordered[name] = left.pop(name)
    return ordered


def _waiting(
    registers: Mapping[str, Register],
    measures: Mapping[str, Measure],
    lists: Mapping[str, CodeList],
) -> dict[str, tuple[str, ...]]:
    waiting: dict[str, tuple[str, ...]] = {}
    for kind in (registers, measures):
        for name, one in kind.items():
            missing = {needed for needed in one.needs_lists if needed not in lists}
            for register in one.needs_registers:
                missing |= set(waiting.get(register, ()))
            if missing:
                waiting[name] = tuple(sorted(missing))
    return waiting
