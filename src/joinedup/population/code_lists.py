"""Lists of codes that mean one thing, each with its version, source and licence.

Codes whose shape is wrong are refused before any rule sees them: a prefix rule would otherwise
take `C` for every cancer.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.tables import code_sets
from joinedup.terms import SettingError, SourceDataError
from joinedup.terms.codes import is_well_formed

_MATCHES: Final = ("exact", "prefix")
# The largest national release of reference sets has some 400,000 lines.
_MOST_LINES: Final = 5_000_000
_SHOWN: Final = 3
# A category of ICD-10 has three characters; what is shorter is a slip.
_SHORTEST_PREFIX: Final = 3


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list; where `is_prefix`, all codes that begin with it."""

    system: str
    code: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes that mean one thing, and where they come from."""

    name: str
    codes: tuple[Code, ...]
    version: str
    source: str
    licence: str
    file: str


@dataclass(frozen=True, slots=True)
class ListFile:
    """How to read code lists from a delimited file with a header; columns by their names there.

    `system` or `system_column` tells the code system. `names` maps a list's name in the file to
    ours: only these are read; where it is empty, all are, by the file's own names.
    """

    path: Path
    version: str
    source: str
    licence: str
    list_column: str = "list"
    code_column: str = "code"
    system: str = ""
    system_column: str = "system"
    match_column: str = ""
    delimiter: str = ","
    names: Mapping[str, str] | None = None


def read_code_lists(file: ListFile) -> tuple[CodeList, ...]:
    """The lists of one file, by name.

    SourceDataError where a column is missing or codes have not the shape of their system.
    """
    found: dict[str, set[Code]] = {}
    odd: list[str] = []
    for line, row in _rows(file):
        name = row[file.list_column].strip()
        name = file.names.get(name, "") if file.names else name
        if name:
            code = _code(file, row, line)
            if _has_shape(code):
                found.setdefault(name, set()).add(code)
            else:
                odd.append(f"line {line} ({code.system} '{code.code[:20]}')")
    if odd:
        more = f" and {len(odd) - _SHOWN:,} more" if len(odd) > _SHOWN else ""
        raise SourceDataError(
            f"Codes have not the shape of their system: {', '.join(odd[:_SHOWN])}{more}.",
            where=str(file.path),
            cure="Correct them, or name their code system rightly.",
        )
    _all_named(file, found)
    return tuple(
        CodeList(
            name, tuple(sorted(codes, key=lambda one: (one.system, one.code, one.is_prefix))),
            file.version, file.source, file.licence, file.path.name,
        )
        for name, codes in sorted(found.items())
    )  # fmt: skip


def _rows(file: ListFile) -> Iterator[tuple[int, dict[str, str]]]:
    needed = {file.list_column, file.code_column, file.match_column}
    needed |= set() if file.system else {file.system_column}
    with file.path.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened, delimiter=file.delimiter)
        missing = sorted(needed - {"", *(reader.fieldnames or ())})
        if missing:
            raise SourceDataError(
                f"It has no column {', '.join(missing)}.",
                where=str(file.path),
                cure=f"It has: {', '.join(reader.fieldnames or ()) or 'nothing'}.",
            )
        for row in reader:
            if reader.line_num > _MOST_LINES:
                raise SourceDataError(
                    f"It has more than {_MOST_LINES:,} lines.", where=str(file.path),
                    cure="Code lists have not: is it the right file?",
                )  # fmt: skip
            yield reader.line_num, {key: value or "" for key, value in row.items() if key}


def _code(file: ListFile, row: Mapping[str, str], line: int) -> Code:
    system = file.system or row[file.system_column].strip()
    match = row[file.match_column].strip() if file.match_column else ""
    for value, known in ((system, code_sets.CODE_SYSTEMS), (match or "exact", _MATCHES)):
        if value not in known:
            raise SourceDataError(
                f"'{value[:40]}' is not known here.",
                where=f"{file.path}, line {line}",
                cure=f"It may be {', '.join(known)}.",
            )
    return Code(system, row[file.code_column].strip(), match == "prefix")


def _has_shape(code: Code) -> bool:
    """Whether it can be a code of its system, as far as that can be told, or begin one."""
    if code.is_prefix:
        return len(code.code) >= _SHORTEST_PREFIX and code.code.isalnum()
    return bool(code.code) and is_well_formed(code.code, code.system) is not False


def _all_named(file: ListFile, found: Mapping[str, object]) -> None:
    missing = sorted(set(file.names.values()) - set(found)) if file.names else []
    if missing:
        theirs = {ours: name for name, ours in (file.names or {}).items()}
        raise SettingError(
            f"It has no line of {', '.join(theirs[one] for one in missing)}.",
            where=str(file.path),
            cure="Look up how the file writes it, or take it out of `names`.",
        )


def list_codes(lists: Mapping[str, CodeList]) -> ir.Table:
    """All codes of all lists: list, system, code, is_prefix."""
    rows = [
        {"list": name, "system": one.system, "code": one.code, "is_prefix": one.is_prefix}
        for name, held in sorted(lists.items())
        for one in held.codes
    ]
    schema = {"list": "string", "system": "string", "code": "string", "is_prefix": "boolean"}
    return ibis.memtable(rows, schema=ibis.schema(schema))


def in_lists(codes: ir.Table, wanted: ir.Table) -> ir.Table:
    """The coded facts that are in a list: person_id, event_id, list, position, date, value.

    A fact in two lists has two rows. `wanted` is `list_codes`. Each distinct code is looked up
    once, however many facts have it.
    """
    known = codes.select("system", "code").distinct()
    known = known.mutate(bare=known.code.replace(".", "").upper())
    theirs = wanted.select(
        "list", "is_prefix", of_system="system", bare_code=wanted.code.replace(".", "").upper()
    )
    exact = known.inner_join(
        theirs.filter(~theirs.is_prefix),
        [known.system == theirs.of_system, known.bare == theirs.bare_code],
    ).select("system", "code", "list")
    prefixes = theirs.filter(theirs.is_prefix)
    begins = known.inner_join(
        prefixes,
        [known.system == prefixes.of_system, known.bare.startswith(prefixes.bare_code)],
    ).select("system", "code", "list")
    meaning = exact.union(begins).distinct()
    return codes.inner_join(meaning, ["system", "code"]).select(
        "person_id", "event_id", "list", "position", "value", date="recorded_date"
    )
