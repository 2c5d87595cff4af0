"""A pseudonymous table that names people is found out before it is published."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from joinedup import tables
from joinedup.safeguards import Seen, find_leaks, patients_texts, texts_in

pytestmark = pytest.mark.usefixtures("by_engine")

TEXTS = (
    "nhs_number", "other_number", "record_id", "postcode", "phone", "email",
    "surname", "forename", "address",
)  # fmt: skip
IDENTITIES = ibis.memtable(
    [
        {
            "nhs_number": "9434765919",
            "other_number": None,
            "record_id": f"RX-10{n:04}",
            "postcode": f"ZX1 {n}AA",
            "phone": None,
            "email": None,
            "surname": name,
            "forename": "Ada",
            "address": f"{n} Long Street",
        }
        for n, name in enumerate(["Ashdown", "Bellweather", "Carraway", "Dunmore", "Eastwick"])
    ],
    schema=dict.fromkeys(
        (
            "nhs_number",
            "other_number",
            "record_id",
            "postcode",
            "phone",
            "email",
            "surname",
            "forename",
            "address",
        ),
        "string",
    ),
)
BIRTH_DATES = ibis.memtable(
    [{"person_id": f"P{n}", "birth_date": dt.date(1950, 2, n + 2)} for n in range(5)]
)


def events(service: list[str], start: list[dt.datetime] | None = None) -> ibis.Table:
    start = start or [dt.datetime(2025, 1, 1)] * len(service)
    return ibis.memtable(
        [
            {"person_id": f"P{n}", "service": value, "start_at": at}
            for n, (value, at) in enumerate(zip(service, start, strict=True))
        ]
    )


def leaks(table: ibis.Table) -> set[tuple[str, str]]:
    published = [(tables.EVENTS, table)]
    texts = texts_in(published)
    seen = Seen(texts, patients_texts(texts, IDENTITIES))
    found = find_leaks(published, seen, birth_dates=BIRTH_DATES)
    return {(leak.column, leak.holds) for leak in found}


def test_codes_of_services_are_no_leak() -> None:
    assert leaks(events(["100", "300", "CARDIOLOGY", "Falls team", "A1B"])) == set()


def test_one_surname_that_is_also_a_team_is_no_leak() -> None:
    assert leaks(events(["Carraway", "100", "110", "120", "130"])) == set()


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        (["943 476 5919"] + ["100"] * 4, "what looks like NHS numbers"),
        (["9434765919"] + ["100"] * 4, "patients' nhs_number"),
        (["sw1a 2aa"] + ["100"] * 4, "what looks like postcodes"),
        (["1950-02-03"] + ["100"] * 4, "full dates"),
        ([f"rx-10{n:04}" for n in range(5)], "patients' record_id"),
        (["Ashdown", "BELLWEATHER", "carraway", "Dunmore", "Eastwick"], "patients' surname"),
    ],
)
def test_what_names_people_is_found(values: list[str], holds: str) -> None:
    assert ("service", holds) in leaks(events(values))


def test_a_column_of_birth_dates_is_found() -> None:
    born = [dt.datetime(1950, 2, n + 2) for n in range(5)]
    assert ("start_at", "full birth dates") in leaks(events(["100"] * 5, born))


def test_a_column_that_was_never_promised_is_found() -> None:
    table = events(["100"]).mutate(mothers_name=ibis.literal("x"))
    assert ("mothers_name", "a column that was never promised") in leaks(table)
