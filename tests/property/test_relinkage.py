"""Linking only what changed gives what linking everybody gives, whatever the history of the rows.

A history is of many small worlds at once: a few people with a few names, numbers and addresses, of
whom records come, go, are corrected and come back. One linkage then goes through hundreds of them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joinedup.engines import DuckDBEngine
from joinedup.linkage import CALIBRATION, Changed, Earlier, Linked, blocking, layers, link, route
from joinedup.tables import IDENTITIES
from joinedup.terms import nhs_number
from tests.spec.linkage.people import KEY

Row = dict[str, str | int | None]

FORENAMES = ("Maria", "Mary", "Martha", "Trevor", "Trev", "Jo", None)
BIRTHS = ("1950-02-03", "1950-03-02", "1987-11-30", "1900-01-01", None)
DATES = ("2026-04-01", "2026-04-02", "2026-05-01")
WORDS = ("okafor", "okafer", "langdale", "lang")
RESULTS = ("links", "link_changes", "review", "moved")


@dataclass
class World:
    """A few people, as their partners know them: rows by number, and rows that went."""

    place: int
    chance: random.Random
    numbers: list[str]
    rows: dict[int, Row] = field(default_factory=dict)
    gone: list[Row] = field(default_factory=list)

    def drawn(self) -> Row:
        """A row that anybody might send."""
        pick = self.chance.choice
        letters = "".join(chr(65 + self.place // 26**power % 26) for power in range(3))
        has_number = self.chance.random() < 0.4
        has_address = self.chance.random() < 0.3
        return {
            "partner": pick(("R0D", "QVV", "RZC")),
            "record_id": f"w{self.place}r{self.chance.randrange(8)}",
            "nhs_number": pick(self.numbers) if has_number else None,
            "other_number": pick(("A1", "A2")) + letters if self.chance.random() < 0.1 else None,
            "forename": pick(FORENAMES),
            "surname": pick((*(word + letters for word in WORDS), None)),
            "birth_date": pick(BIRTHS),
            "sex": pick(("male", "female", None)),
            "address": f"{self.place} {pick(('High', 'Mill'))} Street" if has_address else None,
            "postcode": pick((f"W{self.place} 1AA", f"W{self.place} 1AB", "ZZ99 3VZ", None)),
            "phone": f"0120{self.place:05d}{pick('12')}" if self.chance.random() < 0.4 else None,
            "known_date": pick(DATES),
        }

    def step(self, came: list[Row], went: list[Row], counter: list[int]) -> None:
        """One day: a row comes, goes, is corrected, or is there again; or nothing happens."""
        what = self.chance.randrange(6)
        if what in (0, 1) or not self.rows:
            self._add(self.drawn(), came, counter)
        elif what == 2:
            self._drop(self.chance.choice(sorted(self.rows)), went)
        elif what == 3:
            patient = self.rows[self.chance.choice(sorted(self.rows))]["record_id"]
            for place in sorted(self.rows):
                if self.rows[place]["record_id"] == patient:
                    self._drop(place, went)
        elif what == 4:
            place = self.chance.choice(sorted(self.rows))
            name = self.chance.choice(("nhs_number", "forename", "surname", "birth_date"))
            corrected = {**self.rows[place], name: self.drawn()[name]}
            self._drop(place, went)
            self._add(corrected, came, counter)
        elif self.gone:
            self._add(self.chance.choice(self.gone), came, counter)

    def _add(self, row: Row, came: list[Row], counter: list[int]) -> None:
        counter[0] += 1
        self.rows[counter[0]] = {**row, "file_id": "0", "source_row": counter[0]}
        came.append(self.rows[counter[0]])

    def _drop(self, place: int, went: list[Row]) -> None:
        self.gone.append(self.rows[place])
        went.append(self.rows.pop(place))


class History:
    """Many worlds, linked each day by both routes from what the day before left."""

    def __init__(self, engine: DuckDBEngine, folder: Path, seed: int, worlds: int) -> None:
        chance = random.Random(seed)
        valid = _valid_numbers()
        self.engine, self.folder, self.day, self.counter = engine, folder, 0, [0]
        self.worlds = [
            World(place, chance, [next(valid) for _ in range(3)] + [f"{place:010d}"])
            for place in range(worlds)
        ]
        for world in self.worlds:
            for _ in range(chance.randrange(2, 9)):
                world._add(world.drawn(), [], self.counter)
        self.links = link(
            engine, self.now(), key=KEY, run="0", state=self._state(0)
        ).links  # fmt: skip

    def now(self) -> ir.Table:
        return table([row for world in self.worlds for row in world.rows.values()])

    def next_day(self, share: float) -> tuple[Linked, Linked]:
        """What linking only the changes gives, and what linking everybody does."""
        came: list[Row] = []
        went: list[Row] = []
        for world in self.worlds:
            if world.chance.random() < share:
                for _ in range(world.chance.randrange(1, 4)):
                    world.step(came, went, self.counter)
        # A row that came and went within the day was never sent.
        there = {row["source_row"] for world in self.worlds for row in world.rows.values()}
        both = {row["source_row"] for row in came} & {row["source_row"] for row in went}
        changed = Changed(
            table([row for row in came if row["source_row"] in there]),
            table([row for row in went if row["source_row"] not in both]),
        )
        before, calibration = self._state(self.day), self._state(self.day) / CALIBRATION
        self.day += 1
        run, now = str(self.day), self.now()
        some = link(
            self.engine, now, key=KEY, run=run, state=self._state(self.day), changed=changed,
            earlier=Earlier(self.links, before, calibration),
        )  # fmt: skip
        every = link(
            self.engine, now, key=KEY, run=run, earlier=Earlier(self.links, None, calibration)
        )
        self.links = ibis.memtable(every.links.to_pyarrow())
        return some, every

    def _state(self, day: int) -> Path:
        return self.folder / f"state{day}"


def _valid_numbers():  # type: ignore[no-untyped-def]
    for nine in range(943_476_000, 999_999_999):
        for digit in range(10):
            if nhs_number.is_valid(text := f"{nine}{digit}"):
                yield text


def table(rows: list[Row]) -> ir.Table:
    schema = IDENTITIES.schema()
    text = {name: "int64" if name == "source_row" else "string" for name in schema}
    read = ibis.memtable([{name: row.get(name) for name in schema} for row in rows], schema=text)
    return read.select(**{name: read[name].cast(dtype) for name, dtype in schema.items()})


def sorted_rows(found: ir.Table) -> list[tuple[str, ...]]:
    columns = sorted(found.columns)
    return sorted(
        tuple(str(row[name]) for name in columns) for row in found.to_pyarrow().to_pylist()
    )


def check(
    engine: DuckDBEngine, folder: Path, seed: int, *, worlds: int, days: int, share: float = 0.1
) -> int:
    """Go through a history; how many of its days were linked by their changes alone.

    `share` of the worlds change each day.
    """
    calls = []
    link_all = route._link_all
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(route, "_link_all", lambda *given: calls.append(1) or link_all(*given))
        history = History(engine, folder, seed, worlds)
        for day in range(days):
            some, every = history.next_day(share)
            for name in RESULTS:
                one, other = sorted_rows(getattr(some, name)), sorted_rows(getattr(every, name))
                assert one == other, f"seed {seed}, day {day + 1}: {name}"
    # The first day and each day's other route link everybody.
    return days - (len(calls) - 1 - days)


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**6), most_pairs=st.sampled_from((6, 2_000)))
def test_any_history_is_linked_alike_by_both_routes(
    engine: DuckDBEngine,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    most_pairs: int,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # So that blocks of few records become too large, and layers are read, in small worlds.
        patch.setattr(blocking, "MOST_PAIRS", most_pairs)
        patch.setattr(layers, "_WHOLE_AT", 1.0)
        folder = tmp_path_factory.mktemp("history")
        assert check(engine, folder, seed, worlds=60, days=2) == 2


@pytest.mark.soak
@pytest.mark.parametrize(
    ("seed", "most_pairs", "whole_at", "share"),
    [(1, 6, 1.0, 0.1), (2, 2_000, 1.0, 0.1), (3, 40, 0.05, 0.1), (4, 6, 0.2, 0.8)],
)
def test_long_histories_of_many_worlds(
    engine: DuckDBEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    most_pairs: int,
    whole_at: float,
    share: float,
) -> None:
    monkeypatch.setattr(blocking, "MOST_PAIRS", most_pairs)
    monkeypatch.setattr(layers, "_WHOLE_AT", whole_at)
    assert check(engine, tmp_path, seed, worlds=400, days=10, share=share) >= 5
