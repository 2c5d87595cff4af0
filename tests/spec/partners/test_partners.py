"""A system's settings and partners: what they say, and what a mistake in them is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from joinedup.partners import (
    AreaPack,
    Partner,
    System,
    invented_pack,
    organisation_as_at,
    read_pack,
    read_partners,
    read_system,
)
from joinedup.partners.organisations import KINDS
from joinedup.tables.code_sets import ORGANISATION_KINDS
from joinedup.terms import JoinedupError

SYSTEM = 'name = "Wold"\nods_code = "QZZ"\n'
MERGED = """
[[partners]]
code = "RZ3"
name = "Old trust"
kind = "acute_trust"
end_date = 2021-10-01
successor = "RZ1"

[[partners]]
code = "RZ1"
name = "New trust"
kind = "acute_trust"
start_date = 2021-10-01
footprint = ["E06Z00001"]
"""


@pytest.fixture(scope="module")
def pack() -> AreaPack:
    return read_pack(invented_pack())


def written(folder: Path, system: str = SYSTEM, partners: str = MERGED) -> System:
    (folder / "area").mkdir(exist_ok=True)
    (folder / "system.toml").write_text(system, encoding="utf-8")
    (folder / "partners.toml").write_text(partners, encoding="utf-8")
    return read_system(folder)


def test_a_short_system_toml_has_defaults(tmp_path: Path) -> None:
    system = written(tmp_path)
    assert (system.name, system.ods_code, system.engine) == ("Wold", "QZZ", "duckdb")
    assert (system.limits.memory_mb, system.limits.threads) == (4000, None)
    assert system.area == tmp_path / "area"
    assert system.key_file == tmp_path / "identified" / "key"
    assert read_system(tmp_path / "system.toml").path == tmp_path


@pytest.mark.parametrize(
    ("text", "where", "what", "cure"),
    [
        ("", "name", "missing", "Add `name`."),
        ('nmae = "Wold"\n', "name", "missing", "Rename `nmae`"),
        (SYSTEM + 'engine = "dukdb"\n', "engine", "'dukdb'", "Did you mean 'duckdb'?"),
        (SYSTEM + 'area = "aera"\n', "area", "no folder", "as seen from this file"),
        (SYSTEM + "[limits]\nmemory = 4\n", "limits.memory", "not a known key", "`memory_mb`"),
        (SYSTEM + "[limits]\nmemory_mb = 4\n", "limits.memory_mb", "too small", "500 or more"),
        (SYSTEM + '[limits]\nthreads = "2"\n', "limits.threads", "whole number", "quotes"),
        (SYSTEM + "[limit]\n", "limit", "not a known key", "Did you mean `limits`?"),
        (SYSTEM + "limits = 3\n", "limits", "should be a table", "Change it"),
    ],
)
def test_a_mistake_in_system_toml(
    tmp_path: Path, text: str, where: str, what: str, cure: str
) -> None:
    with pytest.raises(JoinedupError) as caught:
        written(tmp_path, text)
    assert caught.value.where == f"{tmp_path / 'system.toml'}, {where}"
    assert what in caught.value.what
    assert cure in caught.value.cure


def test_a_folder_that_is_no_system_says_how_to_make_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(JoinedupError) as caught:
            read_system(folder)
        assert "joinedup init" in caught.value.cure


def test_partners_are_read_in_their_order(tmp_path: Path, pack: AreaPack) -> None:
    old, new = read_partners(written(tmp_path), pack)
    assert (old.code, old.successor, old.end_date) == ("RZ3", "RZ1", date(2021, 10, 1))
    assert new == Partner(
        "RZ1", "New trust", "acute_trust", True, ("E06Z00001",), start_date=date(2021, 10, 1)
    )


def partner(**values: str) -> str:
    given = {"code": '"RZ9"', "name": '"A trust"', "kind": '"acute_trust"'} | values
    return "\n[[partners]]\n" + "".join(f"{key} = {value}\n" for key, value in given.items())


@pytest.mark.parametrize(
    ("text", "where", "what", "cure"),
    [
        ("", "partners", "No partner", "[[partners]]"),
        (partner() + partner(), "partners[2].code", "already partners[1]", "Keep one"),
        (partner(code='"rz9"'), "partners[1].code", "not a code", "capitals"),
        (partner(code='"../x"'), "partners[1].code", "not a code", "capitals"),
        (partner(kind='"trust"'), "partners[1].kind", "'trust'", "acute_trust"),
        (partner(statutory='"yes"'), "partners[1].statutory", "true or false", "quotes"),
        (partner(footprnt='"system"'), "partners[1].footprnt", "not a known", "`footprint`"),
        (partner(footprint='"E06Z0001"'), "partners[1].footprint", "no area", "E06Z00001"),
        (partner(footprint='["QZZ", "x"]'), "partners[1].footprint", "'x'", "system"),
        (partner(footprint="[]"), "partners[1].footprint", "empty", "system"),
        (partner(start_date="2020-04-01", end_date="2020-04-01"), "partners[1].end_date",
         "not after the start", "first day"),
        (partner(start_date='"1 April"'), "partners[1].start_date", "not a date", "2020-10-01"),
        (partner(successor='"RZ8"', end_date="2020-04-01") + partner(code='"RZ7"'),
         "partners[1].successor", "not a partner", "Did you mean RZ9"),
        (partner(successor='"RZ8"') + partner(code='"RZ8"'), "partners[1].end_date",
         "no end date", "Add `end_date`"),
        (partner(successor='"RZ9"', end_date="2020-04-01"), "partners[1].successor",
         "lead back", "later one"),
        (partner(successor='"RZ8"', end_date="2020-04-01")
         + partner(code='"RZ8"', successor='"RZ9"', end_date="2021-04-01"),
         "partners[1].successor", "lead back", "later one"),
        (partner(successor='"RZ8"', end_date="2020-04-01")
         + partner(code='"RZ8"', start_date="2020-10-01"),
         "partners[1].successor", "not there on 2020-04-01", "Mend the dates"),
    ],
)  # fmt: skip
def test_a_mistake_in_partners_toml(
    tmp_path: Path, pack: AreaPack, text: str, where: str, what: str, cure: str
) -> None:
    with pytest.raises(JoinedupError) as caught:
        read_partners(written(tmp_path, partners=text), pack)
    assert caught.value.where == f"{tmp_path / 'partners.toml'}, {where}"
    assert what in caught.value.what
    assert cure in caught.value.cure


def test_without_a_pack_footprints_are_taken_as_they_are(tmp_path: Path) -> None:
    (one,) = read_partners(written(tmp_path, partners=partner(footprint='"anywhere"')))
    assert one.footprint == ("anywhere",)


def listed(code: str, end: str = "", successor: str = "") -> Partner:
    day = date.fromisoformat(end) if end else None
    return Partner(code, code, "acute_trust", True, end_date=day, successor=successor or None)


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("RD3", "2020-09-30", "RD3"),
        ("RD3", "2020-10-01", "R0D"),
        ("RDZ", "2026-03-31", "RZZ"),
        ("RD3", "2025-12-31", "R0D"),
        ("R0D", "2019-01-01", "R0D"),
        ("RBD", "2026-01-01", "RBD"),
        ("no such", "2026-01-01", "no such"),
    ],
)
def test_an_organisation_goes_under_the_code_of_the_day(code: str, day: str, expected: str) -> None:
    partners = [
        listed("RD3", "2020-10-01", "R0D"),
        listed("RDZ", "2020-10-01", "R0D"),
        listed("R0D", "2026-01-01", "RZZ"),
        listed("RZZ"),
        listed("RBD", "2021-01-01"),
    ]
    assert organisation_as_at(partners, code, date.fromisoformat(day)) == expected


def test_an_organisation_is_open_from_its_first_day_to_the_day_before_its_end() -> None:
    one = Partner(
        "RZ9", "A trust", "acute_trust", True,
        start_date=date(2020, 4, 1), end_date=date(2021, 4, 1),
    )  # fmt: skip
    days = [date(2020, 3, 31), date(2020, 4, 1), date(2021, 3, 31), date(2021, 4, 1)]
    assert [one.is_open(day) for day in days] == [False, True, True, False]
    assert listed("RZ8").is_open(date(1900, 1, 1))


def test_the_kinds_of_partner_are_the_promised_ones() -> None:
    assert set(KINDS) == set(ORGANISATION_KINDS)
