"""Whom a neighbourhood team should see next, from the snapshot that serves and a trained model."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from joinedup import population
from joinedup.actions.measures import definitions_of
from joinedup.actions.open_system import OpenSystem, open_system
from joinedup.actions.risk_dates import newest_extract
from joinedup.actions.risk_history import Facts, history_as_at, read_facts
from joinedup.actions.risk_models import OUTCOMES, read_kept
from joinedup.actions.worklist_feedback import read_feedback
from joinedup.engines import storage_faults
from joinedup.population.risk import (
    RULES,
    Apart,
    Known,
    Limits,
    Model,
    Regression,
    features,
    needs,
    score,
    score_batches,
    sensitive_admissions,
    with_reasons,
    worklist,
)
from joinedup.population.risk.score import SCORED
from joinedup.safeguards import Purpose
from joinedup.safeguards.spreadsheets import as_cell
from joinedup.terms import NotFoundError
from joinedup.terms.nearest import nearest

# A risk is held against the one a quarter before, as lists are made anew every few weeks.
_EARLIER_DAYS: Final = 91
_OWNER_ALONE: Final = 0o600
_KIND: Final = "neighbourhood"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list for which neighbourhood (its code or name), how long, and of which outcome's risk."""

    neighbourhood: str
    top: int = 50
    outcome: str = "emergency_admission"


@dataclass(frozen=True, slots=True)
class Listed:
    """One person on the list. `reasons` say what the score is made of, not why it will happen."""

    rank: int
    person_id: str
    risk_percent: float
    needs: str
    reasons: str
    actions: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many people are not on the list for one reason."""

    why: str
    people: int


@dataclass(frozen=True, slots=True)
class TeamList:
    """A team's list. `residents` are all on record there: those listed and those left out.

    `faults` say why the model should not be used; `not_applied` are rules without their table.
    """

    neighbourhood: str
    name: str
    outcome: str
    horizon_days: int
    model_version: str
    snapshot: str
    as_at: dt.date
    residents: int
    people: tuple[Listed, ...]
    left_out: tuple[LeftOut, ...]
    not_applied: tuple[str, ...]
    notices: tuple[str, ...]
    faults: tuple[str, ...]


def team_list(folder: Path, wanted: Wanted) -> TeamList:
    """The list as at the newest extract; each look at a person on it is recorded.

    NotFoundError without the neighbourhood or a model; SourceDataError where the team's answers
    in `worklists/feedback.csv` are at fault.
    """
    with open_system(folder, Purpose.POPULATION_HEALTH) as system, ExitStack() as caches:
        code, name = _neighbourhood(system, wanted.neighbourhood)
        kept = read_kept(system.system, _outcome(wanted.outcome))
        as_at = newest_extract(system.files)
        today = max(as_at, dt.datetime.now(dt.UTC).date())
        feedback = read_feedback(system.system.path / "worklists" / "feedback.csv", today)
        people = caches.enter_context(_residents(system, code, as_at).cache())
        facts = read_facts(system, definitions_of(system.system), people, caches)
        team = _Team(system, people, facts, kept.model, as_at, caches)
        now, scored = _scored(team, as_at)
        judged = caches.enter_context(needs(now, scored, as_at, _known(team)).cache())
        found = worklist(
            judged,
            today,  # answers given since the newest extract count
            rules=RULES,
            apart=Apart(in_hospital=_in_hospital(system.events, as_at)),
            feedback=feedback,
            limits=Limits(at_most=wanted.top),
        )
        listed = _listed(found.people, kept.model, now)
        for one in listed:
            system.person_look(one.person_id)
        left_out = _left_out(found.left_out, people, as_at)
        return TeamList(
            neighbourhood=code,
            name=name,
            outcome=wanted.outcome,
            horizon_days=kept.model.origin.horizon_days,
            model_version=kept.model.version,
            snapshot=system.snapshot.id,
            as_at=as_at,
            residents=len(listed) + sum(one.people for one in left_out),
            people=listed,
            left_out=left_out,
            not_applied=found.not_applied,
            notices=_notices(system, kept.model, feedback),
            faults=kept.faults,
        )


def write_list(made: TeamList, path: Path) -> int:
    """Write the list as CSV that only its owner may read; return how many people."""
    aside = path.with_name(path.name + ".part")
    aside.unlink(missing_ok=True)
    only_new = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with storage_faults(path.parent):
        # Windows' spreadsheets know UTF-8 by its byte-order mark alone.
        with os.fdopen(
            os.open(aside, only_new, _OWNER_ALONE), "w", encoding="utf-8-sig", newline=""
        ) as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow([one.name for one in fields(Listed)])
            for person in made.people:
                writer.writerow([as_cell(str(cell)) for cell in astuple(person)])
        aside.replace(path)
    return len(made.people)


@dataclass(frozen=True, slots=True)
class _Team:
    """What a team's list is made from; what is worked out once goes when `caches` closes."""

    system: OpenSystem
    people: ir.Table
    facts: Facts
    model: Model
    as_at: dt.date
    caches: ExitStack


def _outcome(name: str) -> str:
    if name not in OUTCOMES:
        raise NotFoundError(
            f"there is no outcome '{name[:40]}'.", cure=f"There are: {', '.join(OUTCOMES)}."
        )
    return name


def _neighbourhood(system: OpenSystem, asked: str) -> tuple[str, str]:
    """Code and name of the neighbourhood that was asked for by either."""
    known = [(row["code"], row["name"]) for row in system.all_rows("areas") if row["kind"] == _KIND]
    wanted = asked.strip().casefold()
    found = [one for one in known if one[0].casefold() == wanted]
    found = found or [one for one in known if one[1].casefold() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFoundError(
            f"{len(found)} neighbourhoods are called '{asked[:60]}'.",
            where=system.system.name,
            cure=f"Give the code: {', '.join(sorted(code for code, _ in found))}.",
        )
    spelt = {text.casefold(): text for one in known for text in one}
    near = nearest(wanted, sorted(spelt))
    there_are = ", ".join(f"{code} {name}" for code, name in sorted(known)[:5])
    raise NotFoundError(
        f"there is no neighbourhood '{asked[:60]}'.",
        where=system.system.name,
        cure=f"Did you mean '{spelt[near]}'?" if near
        else f"There are {len(known):,}: {there_are}{', …' if len(known) > 5 else ''}.",
    )  # fmt: skip


def _residents(system: OpenSystem, code: str, as_at: dt.date) -> ir.Table:
    """The rows of `persons` of who lives there, and of who did until they died."""
    areas = population.memberships_on(
        system.memberships, member_kind="lsoa", of_kind=_KIND, on=as_at
    )
    inside = areas.filter(areas.area == code)
    homes = population.home_of(system.residences, as_at)
    theirs = homes.semi_join(inside, homes.lsoa_code == inside.member)
    return system.persons.semi_join(theirs, "person_id")


def _scored(team: _Team, on: dt.date) -> tuple[ir.Table, ir.Table]:
    """Features of the living as at a date, by all that is known today; and their risks."""
    model = team.model
    history = history_as_at(team.system, team.facts, team.people, on, late_knowledge=True)
    named = model.origin.conditions
    computed = features(history, on, conditions=named, late_knowledge=True)
    found = team.caches.enter_context(computed.cache())
    if isinstance(model, Regression):
        return found, score(model, found)
    batches = pa.Table.from_batches(score_batches(model, found), schema=SCORED)
    return found, ibis.memtable(batches)  # of a neighbourhood's people alone


def _known(team: _Team) -> Known:
    """What the rules ask for and the snapshot has; no table of it tells of care plans."""
    system, people, as_at = team.system, team.people, team.as_at
    _, earlier = _scored(team, as_at - dt.timedelta(days=_EARLIER_DAYS))
    events = system.events.semi_join(people, "person_id")
    codes = system.codes.semi_join(people, "person_id")
    return Known(
        earlier=earlier,
        reviews=team.facts.reviews(as_at),
        frailty=team.facts.frailty(as_at),
        sensitive=sensitive_admissions(events, codes, as_at, late_knowledge=True),
    )


def _in_hospital(events: ir.Table, as_at: dt.date) -> ir.Table:
    """Who has a hospital spell that has begun and, by the newest extract, not ended."""
    stays = events.filter((events.setting == "inpatient") & (events.kind == "spell"))
    today = ibis.literal(as_at)
    begun = stays.filter(stays.start_at.date() <= today)
    return begun.filter(begun.end_at.isnull() | (begun.end_at.date() > today)).select("person_id")


def _listed(chosen: ir.Table, model: Model, now: ir.Table) -> tuple[Listed, ...]:
    if isinstance(model, Regression):
        rows = with_reasons(chosen, model, now)
    else:
        rows = chosen.mutate(reasons=ibis.literal("")).order_by("rank")
    return tuple(
        Listed(
            rank=row["rank"],
            person_id=row["person_id"],
            risk_percent=round(100 * row["risk"], 1),
            needs=row["needs"],
            reasons=row["reasons"],
            actions=row["actions"],
        )
        for row in rows.to_pyarrow().to_pylist()
    )


def _left_out(others: ir.Table, people: ir.Table, as_at: dt.date) -> tuple[LeftOut, ...]:
    """How many for each reason, the team's own words apart; the most first."""
    counted = others.group_by("why").aggregate(people=ibis._.count())
    found: Counter[str] = Counter()
    for row in counted.to_pyarrow().to_pylist():
        found[row["why"].partition(": ")[0]] += row["people"]
    # Features, and so needs, are of the living alone.
    found["has died"] += _count(people) - _count(population.living(people, as_at))
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return tuple(LeftOut(why, count) for why, count in ordered if count)


def _count(people: ir.Table) -> int:
    return int(people.count().to_pyarrow().as_py())


def _notices(system: OpenSystem, model: Model, feedback: ir.Table | None) -> tuple[str, ...]:
    found = ["Nobody is left out for having opted out: no table of the snapshot tells who has."]
    if not isinstance(model, Regression):
        found.append("The model is of trees, which give no reasons; a regression does.")
    if feedback is not None:
        answered = feedback.select("person_id").distinct()
        unknown = _count(answered.anti_join(system.persons, "person_id"))
        if unknown:
            found.append(
                f"{unknown:,} of the people in worklists/feedback.csv are not in the snapshot: "
                "linkage may have given them another person_id."
            )
    return tuple(found)
