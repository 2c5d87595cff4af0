"""Each kind of partner errs as often as its habits say, and never in anything else."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from joinedup.partners import invented_pack, read_pack
from joinedup.synthetic.extracts.details import Details, Entries, write_down
from joinedup.synthetic.extracts.habits import HABITS, Habits
from joinedup.synthetic.extracts.patients import patients
from joinedup.synthetic.interface import Chunk, World
from joinedup.synthetic.lives import draw_chunk
from joinedup.synthetic.world import prepare
from joinedup.terms.nhs_number import is_valid

PERFECT = Habits(
    **{field.name: 0.0 for field in fields(Habits) if field.name not in ("upper_case",)}  # type: ignore[arg-type]
)


@dataclass(frozen=True)
class Drawn:
    world: World
    chunk: Chunk

    def written(self, habits: Habits) -> Details:
        size = len(self.chunk.residents.person)
        no = np.zeros(size, bool)
        entries = Entries(np.arange(size, dtype=np.int32), no, no, no)
        return write_down(self.chunk, entries, habits, np.random.default_rng(11))


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    world = prepare(read_pack(invented_pack()), 20_000, 4)
    return Drawn(world, draw_chunk(world, 0))


def near(hits: NDArray[np.bool_], rate: float) -> bool:
    """Within four standard errors of a proportion."""
    return abs(hits.mean() - rate) <= 4 * (rate * (1 - rate) / len(hits)) ** 0.5


def test_a_partner_without_bad_habits_writes_the_truth(drawn: Drawn) -> None:
    people, written = drawn.chunk.residents, drawn.written(PERFECT)
    assert written.nhs_number.to_pylist() == people.nhs_number.tolist()
    assert (written.birth_date == people.birth_date).all()
    assert (written.sex.index == people.sex.index).all()
    assert written.postcode.to_pylist() == people.postcode.arrow().to_pylist()
    forenames = people.forename.arrow().to_pylist()
    same = np.array([a == b for a, b in zip(written.forename.to_pylist(), forenames, strict=True)])
    # Accents and hyphens may be lost in writing, whatever the habits.
    assert same.mean() > 0.97


@pytest.mark.parametrize("kind", list(HABITS))
def test_rates_are_those_of_the_habits(drawn: Drawn, kind: str) -> None:
    habits, people = HABITS[kind], drawn.chunk.residents
    written = drawn.written(habits)
    assert near(np.array(written.nhs_number.is_null()), habits.nhs_missing)
    assert near(np.array(written.postcode.is_null()), habits.postcode_missing)
    assert near(np.isnat(written.birth_date), habits.birth_missing)
    assert near(written.sex.index < 0, habits.sex_missing)
    assert near(written.ethnicity.index < 0, habits.ethnicity_missing)
    placeholder = np.isin(written.birth_date.astype(str), ["1900-01-01", "1901-01-01"])
    assert near(placeholder, habits.birth_placeholder * (1 - habits.birth_missing))
    sex_wrong = (written.sex.index >= 0) & (written.sex.index != people.sex.index)
    assert near(sex_wrong, habits.sex_wrong)


def test_mistyped_nhs_numbers_mostly_fail_modulus_11(drawn: Drawn) -> None:
    written = drawn.written(replace(PERFECT, nhs_mistyped=0.2))
    numbers = np.array(written.nhs_number.to_pylist())
    wrong = numbers != drawn.chunk.residents.nhs_number
    assert near(wrong, 0.2)
    valid = np.array([is_valid(str(number)) for number in numbers[wrong]])
    assert 0.1 < valid.mean() < 0.25


def test_somebody_elses_number_is_a_real_number_of_another(drawn: Drawn) -> None:
    written = drawn.written(replace(PERFECT, nhs_of_another=0.05))
    people = drawn.chunk.residents
    numbers = np.array(written.nhs_number.to_pylist())
    wrong = numbers != people.nhs_number
    assert near(wrong[people.twin_of < 0], 0.05)
    assert np.isin(numbers, people.nhs_number).all()


def test_swapped_day_and_month_only_where_both_can_be_either(drawn: Drawn) -> None:
    written = drawn.written(replace(PERFECT, birth_swapped=1.0))
    before = drawn.chunk.residents.birth_date.astype(object)
    after = written.birth_date.astype(object)
    for one, other in zip(before[:2000], after[:2000], strict=True):
        if one.day <= 12:
            assert (other.year, other.month, other.day) == (one.year, one.day, one.month)
        else:
            assert other == one


def test_capitals_are_used_throughout_or_not_at_all(drawn: Drawn) -> None:
    written = drawn.written(HABITS["acute_trust"])
    for column in (written.forename, written.surname, written.street, written.town):
        texts = [text for text in column.to_pylist()[:3000] if text]
        assert all(text == text.upper() for text in texts)


def test_news_is_learnt_late_or_never_and_then_kept(drawn: Drawn) -> None:
    chunk, world = drawn.chunk, drawn.world
    known = np.ones(len(chunk.residents.person), bool)
    habits = replace(PERFECT, news_missed=0.5, lag_days=30.0)
    index = patients(chunk, world, "RZ9", "A", known, habits, np.random.default_rng(2))
    mover = chunk.moves.row
    first = np.full(len(mover), world.start)
    last = np.full(len(mover), world.today)
    before = index.column("postcode", index.entries(mover, first)).to_pylist()
    after = index.column("postcode", index.entries(mover, last)).to_pylist()
    now = chunk.residents.postcode.take(mover).arrow().to_pylist()
    earlier = chunk.moves.earlier_postcode.arrow().to_pylist()
    assert before == earlier
    learnt = np.array([a == b for a, b in zip(after, now, strict=True)])
    assert all(a in (b, c) for a, b, c in zip(after, now, earlier, strict=True))
    assert 0.35 < learnt.mean() < 0.6


def test_a_second_number_by_mistake_is_a_second_record(drawn: Drawn) -> None:
    chunk, world = drawn.chunk, drawn.world
    known = np.ones(len(chunk.residents.person), bool)
    habits = replace(PERFECT, second_record=0.1, news_missed=1.0)
    index = patients(chunk, world, "RZ9", "A", known, habits, np.random.default_rng(2))
    assert len(set(index.record_id.to_pylist())) == len(index.record_id)
    assert near(index.later >= 0, 0.1)
