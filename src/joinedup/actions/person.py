"""One person's history across partners, with source and freshness of each item."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from joinedup.actions.open_system import OpenSystem, open_system
from joinedup.record import INVOLVED_DAYS, Contact, involved_now
from joinedup.safeguards import Purpose
from joinedup.terms import NotFoundError

_Row: TypeAlias = dict[str, Any]


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
    with open_system(folder, Purpose.DIRECT_CARE, engine="duckdb") as system:
        return read_person(system, person_id)


def read_person(system: OpenSystem, person_id: str) -> PersonHistory:
    """One person's history from an open system: a handful of point queries on sorted Parquet."""
    wanted = person_id.strip().upper()
    system.person_look(wanted)
    began = time.perf_counter()
    person, followed = _follow(system, wanted)
    found = person["person_id"]
    files = {row["file_id"]: row for row in system.all_rows("files")}
    names = {row["code"]: row["name"] for row in system.all_rows("organisations")}
    dated = [row["extract_date"] for row in files.values() if row["extract_date"]]
    events = system.rows_of("events", found)
    as_at = max(dated, default=dt.datetime.now(dt.UTC).date())
    return PersonHistory(
        person_id=found,
        followed=followed,
        sex=person["sex"],
        birth_month=person["birth_month"],
        death_date=person["death_date"],
        identities=person["identities"],
        partners=person["partners"],
        practice_code=_latest(system.rows_of("registrations", found), "practice_code"),
        lsoa_code=_latest(system.rows_of("residences", found), "lsoa_code"),
        as_at=as_at,
        involved=_involved(events, as_at, names),
        involved_days=INVOLVED_DAYS,
        history=_history(system, events, found, names, files),
        query_ms=round((time.perf_counter() - began) * 1000, 1),
    )


def _follow(system: OpenSystem, person_id: str) -> tuple[_Row, tuple[str, ...]]:
    """The person of that id now, following merges and splits from an old one."""
    followed: list[str] = []
    while True:
        found = system.rows_of("persons", person_id)
        if found:
            return found[0], tuple(followed)
        later = [
            row
            for row in system.rows_of("link_changes", person_id, column="old_person_id")
            if row["new_person_id"] not in (*followed, person_id)
        ]
        if not later:
            raise NotFoundError(
                "nobody has this person_id in the serving snapshot.",
                where=person_id,
                cure="Check it letter by letter; ids are given in the persons table.",
            )
        followed.append(person_id)
        # Where the person was split, to whom most records went; then by id, so that it is sure.
        best = min(later, key=lambda row: (-row["identities"], row["new_person_id"]))
        person_id = best["new_person_id"]


def _latest(rows: list[_Row], column: str) -> str | None:
    """What holds now: not ended, then known last, then begun last."""
    placed = sorted(
        rows,
        key=lambda row: (
            row["end_date"] is None,
            row["known_date"],
            row["start_date"] or dt.date.min,
            row[column],
        ),
    )
    return placed[-1][column] if placed else None


def _involved(events: list[_Row], as_at: dt.date, names: Mapping[str, str]) -> tuple[Involved, ...]:
    contacts = (
        Contact(row["organisation"], row["setting"], row["kind"], row["start_at"], row["end_at"])
        for row in events
    )
    # The last moment of the day of the newest extract: data are never newer than that.
    now = dt.datetime.combine(as_at, dt.time.max)
    return tuple(
        Involved(
            organisation=one.organisation,
            organisation_name=names.get(one.organisation, ""),
            setting=one.setting,
            contacts=one.contacts,
            first_at=one.first_at,
            last_at=one.last_at,
            has_open=one.has_open,
        )
        for one in involved_now(contacts, now)
    )


def _history(
    system: OpenSystem,
    events: list[_Row],
    person_id: str,
    names: Mapping[str, str],
    files: Mapping[str, _Row],
) -> tuple[HistoryItem, ...]:
    coded: dict[int, list[str]] = {}
    codes = system.rows_of("codes", person_id)
    for row in sorted(codes, key=lambda row: (row["event_id"], row["position"], row["system"])):
        coded.setdefault(row["event_id"], []).append(f"{row['system']} {row['code']}")
    latest = sorted(events, key=lambda row: row["event_id"])
    latest.sort(key=lambda row: row["start_at"], reverse=True)
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
            file=files[row["file_id"]]["file"],
            source_row=row["source_row"],
            known_date=row["known_date"],
        )
        for row in latest
    )
