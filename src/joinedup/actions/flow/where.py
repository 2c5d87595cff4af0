"""Who is treated where: residents of each area by provider, and what crosses the system's edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from joinedup import flow, population
from joinedup.actions.flow.answer import NOT_SHOWN, Answer, Cell, Part
from joinedup.actions.flow.period import Dates, Look, look
from joinedup.actions.flow.small_numbers import RULE, protected, shown_alone, with_people
from joinedup.safeguards.disclosure import sums_of_areas
from joinedup.terms import NotFoundError
from joinedup.terms.nearest import nearest

# The system first, so that its totals guard what lies in it.
_KINDS: Final = ("system", "place", "neighbourhood")
_EDGE: Final = ("inflow", "home_not_known")


def look_at_where(folder: Path, dates: Dates, footprint: str = "") -> Answer:
    """Residents of each place and neighbourhood by provider, inflow, outflow and wide services.

    `footprint` names one area, by code or name, to be shown alone. NotFoundError with the nearest
    where there is none.
    """
    with look(folder, dates) as looked:
        contacts = flow.between(looked.contacts(), looked.start, looked.end)
        homes = population.home_of(looked.system.residences, looked.last)
        names = {kind: looked.area_names(kind) for kind in _KINDS}
        wanted = _wanted(footprint, names) if footprint else ""
        treated = _treated(looked, contacts, homes, names)
        edge = _across(looked, contacts, homes)
        parts = (
            _residents(treated, wanted),
            Part("crossing", "Care across the system's edge",
                 ("direction", "organisation", "name", "contacts", "people"),
                 _outflow(looked, treated) + edge),
            _wide(looked, contacts, homes),
        )  # fmt: skip
        return looked.answer("Where", parts, *_notes())


def _wanted(footprint: str, names: dict[str, Any]) -> str:
    """The code of an area given by code or name."""
    known = {code: code for kind in _KINDS for code in names[kind]}
    known |= {name: code for kind in _KINDS for code, name in names[kind].items()}
    if footprint not in known:
        near = nearest(footprint, known)
        raise NotFoundError(
            f"There is no place or neighbourhood '{footprint}'.",
            cure=f"Did you mean '{near}'?" if near else "Leave --footprint out to see them all.",
        )
    return known[footprint]


def _treated(
    looked: Look, contacts: ir.Table, homes: ir.Table, names: dict[str, Any]
) -> list[dict[str, Any]]:
    """Residents by provider, of each area of each kind, as they may be shown together."""
    nobody = ibis.memtable([], schema={"person_id": "string", "practice_code": "string"})
    nowhere = ibis.memtable([], schema={"member": "string", "area": "string"})
    once = contacts.mutate(setting=ibis.literal(""))  # people of several settings count once
    rows, units = [], []
    for kind in _KINDS:
        areas = _areas(looked, kind)
        found = flow.treated_where(once, homes, areas, nobody, nowhere)
        found = found.filter(found.home_area.notnull()).order_by("home_area", "organisation")
        rows += [{**row, "kind": kind} for row in found.to_pyarrow().to_pylist()]
        units.append(areas.select(unit="member", footprint_kind=ibis.literal(kind), area="area"))
    # A provider of whom the whole system shows nothing shows nothing of its parts.
    many = {row["organisation"] for row in rows
            if row["kind"] == "system" and row["persons"] > RULE.threshold}  # fmt: skip
    rows = [row for row in rows if row["organisation"] in many]
    cells = [(row["kind"], row["home_area"], "provider", row["organisation"], row["persons"])
             for row in rows]  # fmt: skip
    shown = protected(cells, sums_of_areas(ibis.union(*units).to_pyarrow()))
    return [
        {**row, "people": people, "contacts": with_people(row["contacts"], people),
         "area_name": names[row["kind"]].get(row["home_area"], row["home_area"]),
         "name": looked.name(row["organisation"])}
        for row, people in zip(rows, shown, strict=True)
    ]  # fmt: skip


def _residents(treated: list[dict[str, Any]], wanted: str) -> Part:
    columns = ("kind", "home_area", "area_name", "organisation", "name", "contacts", "people")
    chosen = [
        tuple(row[name] for name in columns)
        for row in treated
        if (row["home_area"] == wanted if wanted else row["kind"] != "system")
    ]
    return Part("residents", "Residents of each area by provider", columns, tuple(chosen))


def _outflow(looked: Look, treated: list[dict[str, Any]]) -> tuple[tuple[Cell, ...], ...]:
    """What the system's residents had elsewhere: the system's own row of each provider."""
    inside = _inside(looked)
    return tuple(
        ("outflow", row["organisation"], row["name"], row["contacts"], row["people"])
        for row in treated
        if row["kind"] == "system" and row["organisation"] not in inside
    )


def _across(looked: Look, contacts: ir.Table, homes: ir.Table) -> tuple[tuple[Cell, ...], ...]:
    """What providers here did for people of elsewhere, or of nobody knows where."""
    once = contacts.mutate(setting=ibis.literal(""))
    rows = _crossing(looked, once, homes)
    shown = [(row, shown_alone(row["persons"])) for row in rows if row["direction"] in _EDGE]
    return tuple(
        (row["direction"], row["organisation"], looked.name(row["organisation"]),
         with_people(row["contacts"], people), people)
        for row, people in shown
    )  # fmt: skip


def _crossing(looked: Look, contacts: ir.Table, homes: ir.Table) -> list[dict[str, Any]]:
    code = looked.system.system.ods_code
    inside = ibis.memtable(
        [{"member": one, "area": code} for one in sorted(_inside(looked))],
        schema={"member": "string", "area": "string"},
    )
    found = flow.flows_across(contacts, homes, _system_areas(looked), inside, code)
    rows: list[dict[str, Any]] = (
        found.order_by("direction", "organisation", "setting").to_pyarrow().to_pylist()
    )
    return rows


def _wide(looked: Look, contacts: ir.Table, homes: ir.Table) -> Part:
    """Services a tenth or more of whose contacts are of people from outside."""
    code = looked.system.system.ods_code
    found = flow.reach_of_teams(contacts, homes, _system_areas(looked), code)
    people = {
        (row["organisation"], row["setting"]): row["persons"]
        for row in _crossing(looked, contacts, homes)
        if row["direction"] == "inflow"
    }
    rows = found.filter(found.is_wide).order_by("organisation", "setting").to_pyarrow().to_pylist()
    filled = []
    for row in rows:
        from_outside = shown_alone(people.get((row["organisation"], row["setting"]), 0))
        is_shown = from_outside is not NOT_SHOWN
        filled.append(
            (row["organisation"], looked.name(row["organisation"]), row["setting"],
             with_people(row["contacts"], from_outside),
             round(row["share_outside"], 2) if is_shown else NOT_SHOWN, from_outside)
        )  # fmt: skip
    return Part(
        "wide", "Services that reach beyond the system",
        ("organisation", "name", "setting", "contacts", "share_outside", "people_from_outside"),
        tuple(filled),
    )  # fmt: skip


def _areas(looked: Look, kind: str) -> ir.Table:
    if kind == "system":
        return _system_areas(looked)
    return population.memberships_on(
        looked.system.footprints, member_kind="lsoa", of_kind=kind, on=looked.last
    )


def _system_areas(looked: Look) -> ir.Table:
    areas = population.memberships_on(
        looked.system.footprints, member_kind="lsoa", of_kind="system", on=looked.last
    )
    return areas.mutate(area=ibis.literal(looked.system.system.ods_code))


def _inside(looked: Look) -> set[str]:
    """Organisations that lie in the system or serve a part of it, as its memberships tell."""
    held = looked.system.footprints
    found = held.filter(~held.member_kind.isin(["lsoa", "trust"])).select("member").distinct()
    return set(looked.at_trusts(found, "member").to_pyarrow()["member"].to_pylist())


def _notes() -> tuple[str, ...]:
    return (
        "Inflow is care given here to people of elsewhere; outflow is care given elsewhere to "
        "residents, seen only where those providers send data. People whose home nobody knows are "
        "under home_not_known.",
        f"A service is wide where {flow.WIDE_SHARE:.0%} or more of its contacts whose home is "
        "known are of people from outside.",
        f"Providers who saw {RULE.threshold} residents or fewer are left out.",
    )
