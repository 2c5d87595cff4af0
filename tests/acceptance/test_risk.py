"""Risk models from history to worklist: on invented people, and on a set that nobody here made."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import ibis
import ibis.expr.types as ir
import numpy as np
import pytest

from joinedup.actions.open_system import open_system
from joinedup.engines import DuckDBEngine
from joinedup.population import home_of
from joinedup.population.risk import (
    HOSPITAL_OR_EMERGENCY_VISIT,
    History,
    Method,
    Plan,
    Regression,
    Split,
    assess,
    card_markdown,
    develop,
    draw_sample,
    features,
    model_card,
    needs,
    outcome,
    read_model,
    score,
    sensitive_admissions,
    with_reasons,
    worklist,
    write_model,
)
from joinedup.population.risk.rules import Known
from joinedup.safeguards.pseudonyms import Key, pseudonym
from joinedup.tables import CODES, EVENTS, IDENTITIES
from joinedup.terms import SourceDataError
from tests.one_file import take_one
from tests.shared_material import SHARED, needs_shared
from tests.systems import InventedSystem

SPLIT = Split(dt.date(2024, 4, 1), dt.date(2025, 4, 1), held_out_share=0.5)


@pytest.fixture(scope="module")
def past(invented: InventedSystem) -> Iterator[History]:
    """The invented system's history, with conditions as its practices coded them."""
    with open_system(invented.path) as system:
        codes, events = system.codes, system.events
        text = files("joinedup.synthetic").joinpath("conditions.csv").read_text(encoding="utf-8")
        listed = [
            {"code": row["snomed"], "condition": row["name"]}
            for row in csv.DictReader(text.splitlines())
        ]
        said = codes.filter(codes.system == "SNOMED-CT").inner_join(ibis.memtable(listed), "code")
        dated = said.inner_join(events.select("event_id", "known_date"), "event_id")
        conditions = dated.select("person_id", "condition", "known_date", from_date="recorded_date")
        with (invented.path / "area" / "lsoa11.csv").open(encoding="utf-8") as file:
            deprivation = [
                {"lsoa_code": row["lsoa11_code"], "decile": int(row["IMD_decile"])}
                for row in csv.DictReader(file)
            ]
        homes = home_of(system.residences, SPLIT.test_on)
        yield History(system.persons, events, codes, conditions, homes, ibis.memtable(deprivation))


def test_a_model_of_invented_people_finds_the_need_that_was_put_in(
    past: History, tmp_path: Path
) -> None:
    study = develop(past, past, Plan(SPLIT))
    found = study.assessment
    # Trained on about 100 outcomes of 940 people: the intervals are wide, and hold what is right.
    assert found.c_statistic.high > study.of_baseline.c_statistic.value
    assert found.slope is not None
    # Every system has its own key, so other people are held out each time: nineteen intervals in
    # twenty hold 1, and all should reach what a model may be used with.
    assert found.slope.low < 1.25
    assert found.slope.high > 0.8
    assert 0.6 < found.observed_to_expected.value < 1.6
    write_model(study.model, tmp_path / "risk.json")
    assert read_model(tmp_path / "risk.json") == study.model
    page = card_markdown(model_card(study))
    assert study.model.version in page
    # All prescriptions came in one extract, after the date of training.
    assert "prescriptions_12m" in study.model.origin.left_out


def test_a_list_accounts_for_everybody(past: History) -> None:
    study = develop(past, past, Plan(SPLIT, late_knowledge=True))
    model, on = study.model, SPLIT.test_on
    now = features(past, on, conditions=model.origin.conditions, late_knowledge=True).cache()
    before = features(past, SPLIT.train_on, conditions=model.origin.conditions, late_knowledge=True)
    assert isinstance(model, Regression)
    known = Known(
        earlier=score(model, before),
        sensitive=sensitive_admissions(past.events, past.codes, on),
    )
    made = worklist(needs(now, score(model, now), on, known), on)
    listed = with_reasons(made.people, model, now).to_pyarrow().to_pylist()
    assert [row["rank"] for row in listed] == list(range(1, 51))
    assert all(row["reasons"] and row["actions"] for row in listed)
    ids = [row["person_id"] for row in listed]
    others = made.left_out.to_pyarrow()["person_id"].to_pylist()
    assert sorted(ids + others) == sorted(now.to_pyarrow()["person_id"].to_pylist())


FEEDS = Path(__file__).parents[2] / "docs" / "examples" / "feeds"
OMOP = SHARED / "people" / "eunomia_gibleed_omop53"
# Concepts of the set that last, by the names of its own `concept` table.
LASTING = {
    "80180": "osteoarthritis",
    "257012": "chronic_sinusitis",
    "4027663": "peptic_ulcer",
    "81893": "ulcerative_colitis",
    "381316": "stroke",
    "317576": "coronary_heart_disease",
}


@pytest.fixture
def gibleed(engine: DuckDBEngine, tmp_path: Path) -> History:
    """The set as history: its own ids under a key, everything known on one day in 2019."""
    taken = {}
    for feed, table in (
        ("omop_person", "person"),
        ("omop_visit", "visit_occurrence"),
        ("omop_condition", "condition_occurrence"),
        ("omop_drug", "drug_exposure"),
    ):
        toml = (FEEDS / f"{feed}.toml").read_text(encoding="utf-8")
        source = (OMOP / f"{table}.parquet").read_bytes()
        taken[feed] = take_one(engine, tmp_path / feed, toml, f"{feed}_20190701.parquet", source)
    key = Key(b"for a published data set")

    def people_of(table: ir.Table) -> ir.Table:
        return table.mutate(person_id=pseudonym(table.record_id, key)).drop("record_id")

    identities = people_of(taken["omop_person"].table(IDENTITIES))
    persons = identities.select(
        "person_id", "sex", "death_date", "ethnicity",
        birth_month=identities.birth_date.truncate("month"),
    )  # fmt: skip
    events = ibis.union(*(people_of(taken[f].table(EVENTS)) for f in ("omop_visit", "omop_drug")))
    said = people_of(taken["omop_condition"].table(CODES))
    names = ibis.memtable([{"code": code, "condition": name} for code, name in LASTING.items()])
    conditions = said.inner_join(names, "code").select(
        "person_id", "condition", from_date="recorded_date"
    )
    nobody = SimpleNamespace(
        homes=ibis.memtable([], schema={"person_id": "string", "lsoa_code": "string"}),
        deprivation=ibis.memtable([], schema={"lsoa_code": "string", "decile": "int64"}),
    )
    return History(persons, events, said, conditions, nobody.homes, nobody.deprivation)


@needs_shared
def test_an_omop_set_has_too_few_visits_for_a_year(gibleed: History) -> None:
    # About 20 people a year have any visit, all of them inpatient and none told to be an emergency.
    year = Split(dt.date(2016, 7, 1), dt.date(2018, 7, 1), held_out_share=0.5)
    admitted = outcome(gibleed.persons, gibleed.events, year.train_on)
    assert admitted.happened.sum().to_pyarrow().as_py() == 0
    with pytest.raises(SourceDataError, match="too few people to learn from"):
        develop(gibleed, gibleed, Plan(year, HOSPITAL_OR_EMERGENCY_VISIT, late_knowledge=True))


@needs_shared
@pytest.mark.parametrize("method", list(Method))
def test_an_omop_set_over_ten_years_is_judged_like_any_other(
    gibleed: History, method: Method
) -> None:
    decade = Split(dt.date(1999, 7, 1), dt.date(2009, 7, 1), 0.5, horizon_days=3652)
    plan = Plan(decade, HOSPITAL_OR_EMERGENCY_VISIT, method, late_knowledge=True)
    study = develop(gibleed, gibleed, plan)
    found = study.assessment
    assert found.people > 1000
    assert 50 <= found.outcomes <= 200
    # As many come as are foretold, within chance; who it is, trees of 117 outcomes cannot tell.
    assert found.observed_to_expected.low < 1 < found.observed_to_expected.high
    assert found.c_statistic.low > 0.5
    # The set's words for race are no codes of ethnic categories: nobody's group is known.
    assert {one.group for one in found.groups if one.kind == "ethnicity"} == {"not known"}
    assert model_card(study).trained_people is not None


@needs_shared
def test_the_figures_of_an_omop_set_are_those_of_its_sample(gibleed: History) -> None:
    on = dt.date(2009, 7, 1)
    made = features(gibleed, on, conditions=("copd",), late_knowledge=True)
    came = outcome(gibleed.persons, gibleed.events, on, HOSPITAL_OR_EMERGENCY_VISIT, days=3652)
    sample = draw_sample(made, came)
    drugs = sample.columns["prescriptions_12m"]
    found = assess(np.asarray((drugs + 1) / (drugs.max() + 2)), sample.happened)
    assert found.people == sample.people == came.count().to_pyarrow().as_py()
    assert found.outcomes == came.happened.sum().to_pyarrow().as_py()
