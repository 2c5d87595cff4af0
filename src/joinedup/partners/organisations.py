"""The partners of a system: who they are, which areas they serve, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from joinedup.partners.pack import AreaPack
from joinedup.partners.settings import Section, read_settings
from joinedup.partners.system import System
from joinedup.terms.nearest import nearest
from joinedup.terms.shown import shown

KINDS: Final = (
    "icb", "acute_trust", "community_trust", "mental_health_trust", "ambulance_trust", "council",
    "practice", "network", "charity", "registrar", "other",
)  # fmt: skip
WHOLE_SYSTEM: Final = "system"
# Codes name folders and feeds on every operating system: ODS and GSS codes are all of this form.
_MOST_PARTNERS: Final = 2000
_CODE: Final = re.compile(r"[A-Z0-9]{2,12}")


@dataclass(frozen=True, slots=True)
class Partner:
    """One organisation that works in the system, from a date to a date.

    `footprint` holds codes of areas, or "system" alone for all of it. `end_date` is the first
    day on which it is no longer; `successor` the partner that it became part of on that day.
    """

    code: str
    name: str
    kind: str
    statutory: bool
    footprint: tuple[str, ...] = (WHOLE_SYSTEM,)
    serves_elsewhere: bool = False
    start_date: date | None = None
    end_date: date | None = None
    successor: str | None = None

    def is_open(self, day: date) -> bool:
        """Whether the organisation exists on a day."""
        began = self.start_date is None or self.start_date <= day
        return began and (self.end_date is None or day < self.end_date)


@dataclass(frozen=True, slots=True)
class _Listed:
    partner: Partner
    section: Section


def read_partners(system: System, pack: AreaPack | None = None) -> tuple[Partner, ...]:
    """Read `partners.toml` of a system, in the file's order; footprints are held to the pack.

    Refuses repeated codes, footprints that the pack does not know, and successors that are
    absent, go round in a circle or were not there on the day.
    """
    areas = pack.area_names() if pack else None
    file = system.partners_file
    top = read_settings(file, missing="Make a system folder with `joinedup init`.")
    sections = top.sections("partners")
    if len(sections) > _MOST_PARTNERS:
        raise top.error(
            "partners", f"{len(sections):,} are listed.", f"List {_MOST_PARTNERS:,} at most."
        )
    listed = [_Listed(_partner(one), one) for one in sections]
    top.finish()
    if not listed:
        raise top.error("partners", "No partner is listed.", "Add a `[[partners]]` for each.")
    _refuse_repeats(listed)
    for one in listed:
        _check_dates(one)
        _check_successor(one, listed)
        if areas is not None:
            _check_footprint(one, areas)
    return tuple(one.partner for one in listed)


def organisation_as_at(partners: Sequence[Partner], code: str, day: date) -> str:
    """The code under which an organisation goes on a day: its own, or its successor's.

    As at 2020-09-30 Poole Hospital (RD3) is RD3; from 2020-10-01 it is R0D.
    """
    of = {partner.code: partner for partner in partners}
    now = code
    # No more steps than partners: `read_partners` has refused circles, other lists may have one.
    for _ in partners:
        partner = of.get(now)
        if partner is None or not partner.successor or not partner.end_date:
            return now
        if day < partner.end_date:
            return now
        now = partner.successor
    return now


def _partner(section: Section) -> Partner:
    code = section.text("code")
    if not _CODE.fullmatch(code):
        raise section.error(
            "code",
            f"'{shown(code)}' is not a code.",
            "Give its ODS or GSS code: capitals and digits.",
        )
    return Partner(
        code=code,
        name=section.text("name"),
        kind=section.text("kind", codes=KINDS),
        statutory=section.flag("statutory", True),
        footprint=section.texts("footprint", (WHOLE_SYSTEM,)),
        serves_elsewhere=section.flag("serves_elsewhere", False),
        start_date=section.day_or_none("start_date"),
        end_date=section.day_or_none("end_date"),
        successor=section.text_or_none("successor"),
    )


def _refuse_repeats(listed: Sequence[_Listed]) -> None:
    seen: dict[str, int] = {}
    for place, one in enumerate(listed, start=1):
        code = one.partner.code
        if code in seen:
            raise one.section.error(
                "code",
                f"{code} is already partners[{seen[code]}].",
                "Keep one of the two; an organisation that got a new code is a new partner.",
            )
        seen[code] = place


def _check_dates(one: _Listed) -> None:
    start, end = one.partner.start_date, one.partner.end_date
    if start and end and end <= start:
        raise one.section.error(
            "end_date",
            f"{end} is not after the start date, {start}.",
            "The end date is the first day on which the organisation is no longer.",
        )


def _check_successor(one: _Listed, listed: Sequence[_Listed]) -> None:
    partner, section = one.partner, one.section
    if partner.successor is None:
        return
    of = {other.partner.code: other.partner for other in listed}
    if partner.end_date is None:
        raise section.error(
            "end_date", f"{partner.code} has a successor but no end date.", "Add `end_date`."
        )
    successor = of.get(partner.successor)
    if successor is None:
        near = nearest(partner.successor, of)
        cure = f"Did you mean {near}?" if near else "Add it as a partner."
        raise section.error("successor", f"'{shown(partner.successor)}' is not a partner.", cure)
    if _goes_round(partner, of):
        raise section.error(
            "successor",
            f"The successors of {partner.code} lead back to it.",
            "Let each organisation be followed by a later one.",
        )
    if not successor.is_open(partner.end_date):
        raise section.error(
            "successor",
            f"{successor.code} is not there on {partner.end_date}, when {partner.code} ends.",
            "Mend the dates of one of the two.",
        )


def _goes_round(partner: Partner, of: Mapping[str, Partner]) -> bool:
    seen, now = {partner.code}, partner.successor
    while now is not None and now in of:
        if now in seen:
            return True
        seen.add(now)
        now = of[now].successor
    return False


def _check_footprint(one: _Listed, areas: Mapping[str, str]) -> None:
    footprint = one.partner.footprint
    if footprint == (WHOLE_SYSTEM,):
        return
    for code in footprint:
        if code not in areas:
            near = nearest(code, areas, cutoff=0.5)
            guess = f"Did you mean {near} ({areas[near]})? " if near else ""
            raise one.section.error(
                "footprint",
                f"The area pack knows no area '{shown(code)}'.",
                f'{guess}Give codes of its areas, or footprint = "system" for all of it.',
            )
    if not footprint:
        raise one.section.error(
            "footprint", "The footprint is empty.", 'Give area codes, or footprint = "system".'
        )
