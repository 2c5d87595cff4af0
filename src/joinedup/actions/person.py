"""One person's history across partners, with source and freshness of each item."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from joinedup.actions.open_system import OpenSystem, open_system
from joinedup.record import INVOLVED_DAYS, involved_now, person_events
from joinedup.safeguards import Purpose
from joinedup.terms import NotFoundError


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One event, with the codes on it and where and when it came from."""

    start_at: dt.datetime
    end_at: dt.datetime | None
    setting: str
    kind: str
    organisation: str
    organisation_name: str
    urgency: str | None
    outcome: str | None
    codes: tuple[str, ...]
    cost_pence: int | None
    partner: str
    file: str
    source_row: int
    known_date: dt.date


@dataclass(frozen=True, slots=True)
class Involved:
    """An organisation that saw the person lately, or holds something open for them."""

    organisation: str
    organisation_name: str
    setting: str
    contacts: int
    first_at: dt.datetime
    last_at: dt.datetime
    has_open: bool


@dataclass(frozen=True, slots=True)
class PersonHistory:
    """One person across partners. `followed` lists the earlier ids that led here."""

    person_id: str
    followed: tuple[str, ...]
    sex: str | None
    birth_month: dt.date | None
    death_date: dt.date | None
    identities: int
    partners: int
    practice_code: str | None
    lsoa_code: str | None
    as_at: dt.date
    involved: tuple[Involved, ...]
    involved_days: int
    history: tuple[HistoryItem, ...]
    query_ms: float


def person_history(folder: Path, person_id: str) -> PersonHistory:
    """One person's history. NotFoundError where nobody has, or ever had, the id."""
    with open_system(folder, Purpose.DIRECT_CARE) as system:
        return read_person(system, person_id)


def read_person(system: OpenSystem, person_id: str) -> PersonHistory:
    """One person's history from an open system: a handful of point queries on sorted Parquet."""
    wanted = person_id.strip().upper()
    system.person_look(wanted)
    began = time.perf_counter()
    found, followed = _follow(system, wanted)
    person = found[0]
    events = ibis.memtable(
        system.events.filter(lambda t: t.person_id == person["person_id"]).to_pyarrow(),
        schema=system.events.schema(),
    )
    as_at = _as_at(system)
    names = _names(system)
    return PersonHistory(
        person_id=person["person_id"],
        followed=followed,
        sex=person["sex"],
        birth_month=person["birth_month"],
        death_date=person["death_date"],
        identities=person["identities"],
        partners=person["partners"],
        practice_code=_latest(system.registrations, person["person_id"], "practice_code"),
        lsoa_code=_latest(system.residences, person["person_id"], "lsoa_code"),
        as_at=as_at,
        involved=_involved(events, as_at, names),
        involved_days=INVOLVED_DAYS,
        history=_history(system, events, person["person_id"], names),
        query_ms=round((time.perf_counter() - began) * 1000, 1),
    )


def _follow(system: OpenSystem, person_id: str) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The person of that id now, following merges and splits from an old one."""
    followed: list[str] = []
    while True:
        sought = person_id
        found = _rows(system.persons.filter(lambda t: t.person_id == sought))  # noqa: B023
        if found:
            return found, tuple(followed)
        changes = system.link_changes.filter(lambda t: t.old_person_id == sought)  # noqa: B023
        later = _rows(changes.order_by(ibis.desc("run"), ibis.desc("identities"), "new_person_id"))
        later = [row for row in later if row["new_person_id"] not in (*followed, sought)]
        if not later:
            raise NotFoundError(
                "nobody has this person_id in the serving snapshot.",
                where=person_id,
                cure="Check it letter by letter; ids are given in the persons table.",
            )
        followed.append(sought)
        person_id = later[0]["new_person_id"]


def _as_at(system: OpenSystem) -> dt.date:
    newest = system.files.aggregate(day=lambda t: t.extract_date.max()).to_pyarrow()
    day: dt.date | None = newest["day"][0].as_py()
    return day or dt.datetime.now(dt.UTC).date()


def _names(system: OpenSystem) -> dict[str, str]:
    """Organisations are few, so that their names are looked up here."""
    return {row["code"]: row["name"] for row in _rows(system.organisations.select("code", "name"))}


def _latest(table: ir.Table, person_id: str, column: str) -> str | None:
    mine = table.filter(table.person_id == person_id)
    newest = mine.order_by(
        mine.end_date.notnull(), ibis.desc("known_date"), ibis.desc("start_date"), column
    )
    rows = _rows(newest.select(column).limit(1))
    return rows[0][column] if rows else None


def _involved(events: ir.Table, as_at: dt.date, names: dict[str, str]) -> tuple[Involved, ...]:
    # The last moment of the day of the newest extract: data are never newer than that.
    now = ibis.timestamp(f"{as_at.isoformat()} 23:59:59")
    return tuple(
        Involved(
            organisation=row["organisation"],
            organisation_name=names.get(row["organisation"], ""),
            setting=row["setting"],
            contacts=row["contacts"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            has_open=row["has_open"],
        )
        for row in _rows(involved_now(events, now))
    )


def _history(
    system: OpenSystem, events: ir.Table, person_id: str, names: dict[str, str]
) -> tuple[HistoryItem, ...]:
    coded: dict[int, list[str]] = {}
    codes = system.codes.filter(lambda t: t.person_id == person_id)
    for row in _rows(codes.order_by("event_id", "position", "system")):
        coded.setdefault(row["event_id"], []).append(f"{row['system']} {row['code']}")
    files = {row["file_id"]: row["file"] for row in _rows(system.files.select("file_id", "file"))}
    return tuple(
        HistoryItem(
            start_at=row["start_at"],
            end_at=row["end_at"],
            setting=row["setting"],
            kind=row["kind"],
            organisation=row["organisation"],
            organisation_name=names.get(row["organisation"], ""),
            urgency=row["urgency"],
            outcome=row["outcome"],
            codes=tuple(coded.get(row["event_id"], ())),
            cost_pence=row["cost_pence"],
            partner=row["partner"],
            file=files.get(row["file_id"], row["file_id"]),
            source_row=row["source_row"],
            known_date=row["known_date"],
        )
        for row in _rows(person_events(events, person_id))
    )


def _rows(table: ir.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows
