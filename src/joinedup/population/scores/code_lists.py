"""Lists of codes that a user brings: which code stands for which deficit or condition.

A CSV with a header: `deficit` or `condition`, `system`, `code`, and, if wanted, `weight`.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from joinedup.population.scores.found import ListedCode
from joinedup.population.scores.maps import HUNDREDTHS
from joinedup.tables.code_sets import CODE_SYSTEMS
from joinedup.terms import NotFoundError, SourceDataError
from joinedup.terms.codes import is_well_formed

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Weight:
    """What one condition weighs, in whole hundredths."""

    condition: str
    hundredths: int


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes by condition, in the order of the file; weights are empty where it has none."""

    codes: tuple[ListedCode, ...]
    weights: tuple[Weight, ...]

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions that have a code, each once."""
        return tuple(dict.fromkeys(one.condition for one in self.codes))

    def waits_for(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Of the conditions that a score wants, those that have no code here."""
        return missing_of(wanted, self.conditions)


def missing_of(wanted: Iterable[str], sought: Collection[str]) -> tuple[str, ...]:
    """Of the conditions that a score wants, those that nobody looked for."""
    return tuple(one for one in wanted if one not in sought)


def read_code_list(path: Path) -> CodeList:
    """Read a list of codes.

    Raises NotFoundError where there is no such file, and SourceDataError where columns are missing,
    a system is not among CODE_SYSTEMS, a code is not well formed (check digit included), or the
    weights of one condition differ.
    """
    rows = _rows(path)
    bad = [f"line {line}" for line, row in rows if is_well_formed(row.code, row.system) is False]
    if bad:
        raise SourceDataError(
            f"{len(bad)} codes are not well formed for their system ({_some(bad)}).",
            where=str(path),
            cure="Look for codes that a spreadsheet has rounded (SNOMED CT ending in 000) or cut.",
        )
    return CodeList(tuple(dict.fromkeys(row for _, row in rows)), _weights(path))


def _rows(path: Path) -> list[tuple[int, ListedCode]]:
    lines = _read(path)
    named = "deficit" if "deficit" in lines[0][1] else "condition"
    rows = []
    for line, row in lines:
        condition, system, code = (row.get(name) or "" for name in (named, "system", "code"))
        if not (condition and code) or system not in CODE_SYSTEMS:
            raise SourceDataError(
                f"Line {line} has no {named}, no code, or no known code system.",
                where=str(path),
                cure=f"Systems are {', '.join(CODE_SYSTEMS)}.",
            )
        rows.append((line, ListedCode(condition, system, code)))
    return rows


def _weights(path: Path) -> tuple[Weight, ...]:
    found: dict[str, int] = {}
    for line, row in _read(path):
        if not row.get("weight"):
            continue
        condition = row.get("deficit") or row.get("condition") or ""
        try:
            hundredths = Decimal(row["weight"]) * HUNDREDTHS
        except InvalidOperation:
            hundredths = Decimal("NaN")
        if not hundredths.is_finite() or hundredths != int(hundredths):
            raise SourceDataError(
                f"The weight on line {line} is no number of two decimals at most.",
                where=str(path),
                cure="Write it as 0.75 or 2.",
            )
        if found.setdefault(condition, int(hundredths)) != int(hundredths):
            raise SourceDataError(
                f"The weight on line {line} differs from an earlier one of the same condition.",
                where=str(path),
                cure="Give each condition one weight.",
            )
    return tuple(Weight(condition, weight) for condition, weight in found.items())


def _read(path: Path) -> list[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise NotFoundError(
            "There is no list of codes here.",
            where=str(path),
            cure="Its codes are not part of Joinedup: bring a CSV of deficit, system and code.",
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceDataError(
            "The list is not UTF-8.", where=str(path), cure="Save it as 'CSV UTF-8'."
        ) from error
    reader = csv.DictReader(text.splitlines(), skipinitialspace=True)
    columns = set(reader.fieldnames or ())
    if not {"system", "code"} <= columns or not columns & {"deficit", "condition"}:
        raise SourceDataError(
            "The list lacks columns.",
            where=str(path),
            cure="Its first line must name deficit (or condition), system and code.",
        )
    rows = [
        (reader.line_num, {name: (value or "").strip() for name, value in row.items() if name})
        for row in reader
    ]
    if not rows:
        raise SourceDataError("The list has no codes.", where=str(path), cure="Send it whole.")
    return rows


def _some(bad: list[str]) -> str:
    return ", ".join(bad[:_MOST_NAMED]) + (" and more" if len(bad) > _MOST_NAMED else "")
