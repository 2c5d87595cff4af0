"""What all chunks of one invented system share, worked out once from the area pack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from joinedup.synthetic.calendar import START, TODAY
from joinedup.synthetic.draws import coded, stream
from joinedup.synthetic.interface import Flags, Floats, Ints, World
from joinedup.synthetic.margins import fit_age_by_sex, round_cells, share_out, yearly_deaths
from joinedup.synthetic.places import Gazetteer, make_gazetteer
from joinedup.synthetic.registration import ELSEWHERE_PRACTICES, Registered, registered
from joinedup.terms import SourceDataError

if TYPE_CHECKING:
    from joinedup.partners.pack import AreaPack

CHUNK_PEOPLE = 30_000
_UNIT_PEOPLE = 6_000  # an LSOA that would hold more is cut into parts
_UNKNOWN_LSOA = "NO2011"  # in practice lists: no LSOA known


@dataclass(frozen=True, slots=True)
class Plan:
    """The private part of a `World`: who is to be drawn where."""

    alive: Ints  # by (LSOA, age, sex): people alive on the last day
    dead: Ints  # by (LSOA, age at death, sex): people who died in the three years
    unit_lsoa: Ints  # chunks are runs of units; a unit is an LSOA or a part of one
    unit_part: Ints
    unit_parts: Ints
    chunk_first: NDArray[np.int64]  # first unit of each chunk, and one past the last
    person_first: NDArray[np.int64]  # people before each chunk
    gazetteer: Gazetteer
    registered: Registered
    council: Ints  # by LSOA, -1 outside
    acute: Ints  # main acute trust, by LSOA
    ambulance: Ints  # by LSOA
    rural: Flags


def prepare(pack: AreaPack, people: int, seed: int) -> World:
    """Plan a system of `people`, residents and patients from outside together.

    Everyone who was here at some time in the three years counts, so those who died are among them.
    """
    lsoas = [str(code) for code in pack.lsoas["lsoa_code"].to_pylist()]
    practices = [str(code) for code in pack.practices["practice_code"].to_pylist()]
    elsewhere = _practices_elsewhere(pack)
    outside, rows = _registrations(pack, lsoas, practices, elsewhere)
    codes = lsoas + outside
    here = np.arange(len(codes)) < len(lsoas)
    expected = _expected(pack, rows, len(codes))
    residents = expected.sum(axis=(1, 2))
    decile = _padded(pack.lsoas["imd_decile"].to_numpy(), len(codes), 5).astype(np.int8)
    alive, dead = _rounded(expected, yearly_deaths(decile), people)
    names = [str(name) for name in pack.lsoas["lsoa_name"].to_pylist()] + [""] * len(outside)
    gazetteer = make_gazetteer(names, np.maximum(residents, 1), stream(seed, 0, "places"))
    councils = tuple(str(code) for code in pack.councils["code"].to_pylist())
    council = _place(pack.lsoas["council_code"].to_pylist(), councils, len(codes))
    acute, community, mental = (_trusts(pack, kinds) for kinds in _TRUST_KINDS)
    if not acute:
        raise SourceDataError(
            "The area pack has no acute trust that is open.",
            where=str(pack.path),
            cure="Name one in trusts.csv; people cannot be admitted nowhere.",
        )
    ambulance = tuple(sorted({str(c) for c in pack.lsoas["ambulance_code"].to_pylist() if c}))
    unit_lsoa, unit_part, unit_parts, chunk_first, person_first = _chunks(alive, dead)
    plan = Plan(
        alive=alive, dead=dead, unit_lsoa=unit_lsoa, unit_part=unit_part, unit_parts=unit_parts,
        chunk_first=chunk_first, person_first=person_first, gazetteer=gazetteer,
        registered=registered(
            rows[0], rows[1], rows[2], residents, here, len(practices), bool(elsewhere)
        ),
        council=council,
        # A pack does not say which hospital is whose; the n-th council's people mostly use the
        # n-th acute trust, and those of outside the first.
        acute=(np.maximum(council, 0) % max(len(acute), 1)).astype(np.int32),
        # Patients from outside are fetched by the area's own ambulance trust.
        ambulance=np.maximum(
            _place(pack.lsoas["ambulance_code"].to_pylist(), ambulance, len(codes)),
            0 if ambulance else -1,
        ),
        rural=_padded(_rural(pack), len(codes), 0).astype(bool),
    )  # fmt: skip
    abroad = elsewhere or ELSEWHERE_PRACTICES
    named = [str(name) for name in pack.practices["practice_name"].to_pylist()]
    return World(
        people=people, seed=seed, chunks=len(chunk_first) - 1, start=START, today=TODAY,
        lsoa_code=tuple(codes), lsoa_here=here, lsoa_council=coded(councils, council),
        lsoa_imd_decile=decile,
        practice_code=tuple(practices) + abroad,
        practice_name=tuple(named) + ("Practice elsewhere",) * len(abroad),
        practice_here=np.arange(len(practices) + len(abroad)) < len(practices),
        acute=acute, community=community or acute[:1],
        mental_health=mental or community or acute[:1], ambulance=ambulance, councils=councils,
        postcodes=pa.table({
            "postcode": pa.array(gazetteer.postcode),
            "lsoa_code": pa.array(codes).take(pa.array(gazetteer.lsoa)),
        }),
        plan=plan,
    )  # fmt: skip


_TRUST_KINDS = (
    ("acute_trust",),
    ("community_trust",),
    ("mental_health_trust", "community_trust"),
)


def _trusts(pack: AreaPack, kinds: Iterable[str]) -> tuple[str, ...]:
    """Trusts of the first of these kinds that the pack has, open to the last day, in its order."""
    rows = pack.trusts.to_pylist()
    for kind in kinds:
        found = [
            str(row["code"])
            for row in rows
            if row["kind"] == kind
            and (row["end_date"] is None or np.datetime64(row["end_date"]) > TODAY)
        ]
        if found:
            return tuple(found)
    return ()


def _registrations(
    pack: AreaPack, lsoas: list[str], practices: list[str], elsewhere: tuple[str, ...]
) -> tuple[list[str], tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """LSOAs outside the area, and (LSOA, practice, patients) rows; unknown LSOAs are left out.

    Practices elsewhere, with residents of the area on their lists, follow those of the area.
    """
    columns_of = ["practice_code", "lsoa_code", "patients"]
    table = pa.concat_tables(
        [pack.registrations.select(columns_of), pack.registered_elsewhere.select(columns_of)]
    ).sort_by([("lsoa_code", "ascending"), ("practice_code", "ascending")])
    known = {code: place for place, code in enumerate([*practices, *elsewhere])}
    areas = {code: place for place, code in enumerate(lsoas)}
    outside: list[str] = []
    rows: list[tuple[int, int, int]] = []
    for row in table.to_pylist():
        code, practice = str(row["lsoa_code"]), known.get(str(row["practice_code"]))
        if practice is None or code.startswith(_UNKNOWN_LSOA) or not row["patients"]:
            continue
        if code not in areas:
            areas[code] = len(lsoas) + len(outside)
            outside.append(code)
        rows.append((areas[code], practice, int(row["patients"])))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return outside, (columns[0], columns[1], columns[2])


def _practices_elsewhere(pack: AreaPack) -> tuple[str, ...]:
    """Practices outside the area on whose lists residents are, where the pack says."""
    return tuple(sorted({str(c) for c in pack.registered_elsewhere["practice_code"].to_pylist()}))


def _expected(pack: AreaPack, rows: tuple[NDArray[np.int64], ...], areas: int) -> Floats:
    """People by (LSOA, age, sex): residents, and patients from outside by the residents' mix."""
    female_share = np.asarray(pack.lsoas["female_share"].to_numpy(), dtype=float)
    residents = fit_age_by_sex(pack.ages, female_share)
    patients = np.bincount(rows[0], rows[2], minlength=areas)[len(residents) :]
    mix = residents.sum(axis=0) / residents.sum()
    return np.concatenate([residents, patients[:, None, None] * mix])


def _rounded(expected: Floats, yearly: Floats, people: int) -> tuple[Ints, Ints]:
    """Whole people alive at the end, and whole people who died in the three years before."""
    died = expected * yearly * ((TODAY - START).astype(int) + 1) / 365.25
    alive_people, dead_people = share_out(people, np.array([expected.sum(), died.sum()]))
    return round_cells(expected, int(alive_people)), round_cells(died, int(dead_people))


def _chunks(
    alive: Ints, dead: Ints
) -> tuple[Ints, Ints, Ints, NDArray[np.int64], NDArray[np.int64]]:
    """Units (LSOAs or parts), and the runs of units that make chunks of about the same size."""
    size = (alive + dead).sum(axis=(1, 2))
    parts = np.maximum(1, -(-size // _UNIT_PEOPLE)).astype(np.int32)
    lsoa = np.repeat(np.arange(len(size), dtype=np.int32), parts)
    part = (np.arange(len(lsoa)) - np.repeat(np.cumsum(parts) - parts, parts)).astype(np.int32)
    of = parts[lsoa]
    people = np.array(
        [
            sum(int(part_of(cells[a], p, n).sum()) for cells in (alive, dead))
            for a, p, n in zip(lsoa, part, of, strict=True)
        ]
    )
    many = max(1, round(int(size.sum()) / CHUNK_PEOPLE))
    ends = np.cumsum(people)
    cuts = np.searchsorted(ends, size.sum() * np.arange(1, many) / many) + 1
    first = np.unique(np.concatenate([[0], cuts, [len(lsoa)]])).astype(np.int64)
    before = np.concatenate([[0], ends])[first].astype(np.int64)
    return lsoa, part, of, first, before


def part_of(cells: Ints, part: int, parts: int) -> Ints:
    """One of `parts` nearly equal shares of whole people."""
    return np.asarray(cells * (part + 1) // parts - cells * part // parts)


def _place(codes: Iterable[object], known: tuple[str, ...], size: int) -> Ints:
    places = {code: place for place, code in enumerate(known)}
    found = [places.get(str(code), -1) for code in codes]
    return np.array(found + [-1] * (size - len(found)), dtype=np.int32)


def _padded(values: NDArray[np.generic], size: int, fill: int) -> NDArray[np.float64]:
    filled = np.full(size, float(fill))
    filled[: len(values)] = values
    return filled


def _rural(pack: AreaPack) -> NDArray[np.float64]:
    return np.array([float(bool(value)) for value in pack.lsoas["rural"].to_pylist()])
