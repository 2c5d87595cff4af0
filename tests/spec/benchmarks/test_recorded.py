"""What counts as slower: figures held against the copying floor of their own run."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.figures import FILE_VARIABLE, Figure, note, noted
from benchmarks.floor import Floor
from benchmarks.recorded import as_records, compare, read_recorded, told, write_recorded

QUIET = Floor(seconds=2.0, cpu_seconds=4.0)
TWICE_AS_SLOW = Floor(seconds=4.0, cpu_seconds=8.0)


def changes(unit: str, then: float, now: float, floor_now: Floor = QUIET) -> list[tuple[str, bool]]:
    """(words, is worse) for one figure, then and now."""
    recorded = {one.key: one for one in as_records([Figure("link", unit, then)], QUIET)}
    fresh = as_records([Figure("link", unit, now)], floor_now)
    return [(one.says, one.is_worse) for one in compare(fresh, recorded)]


def test_a_slower_machine_is_not_slower_code() -> None:
    assert changes("seconds", 10.0, 20.0, TWICE_AS_SLOW) == []
    assert changes("cpu_seconds", 10.0, 20.0, TWICE_AS_SLOW) == []


def test_slower_code_is_told_though_the_machine_became_quicker() -> None:
    [(words, is_worse)] = changes("seconds", 20.0, 20.0, Floor(1.0, 2.0))
    assert is_worse
    assert "20.00, was 10.00" in words
    assert "(2.00 times)" in words


@pytest.mark.parametrize(
    ("unit", "then", "now"),
    [
        ("seconds", 10.0, 12.4),
        ("seconds", 10.0, 8.1),
        ("seconds", 0.1, 0.5),  # five times, but less than half a second
        ("cpu_seconds", 10.0, 11.4),
        ("mb", 1000.0, 1140.0),
        ("mb", 100.0, 190.0),
        ("bytes", 1e9, 1.02e9),
        ("share", 0.9990, 0.9986),
    ],
)
def test_noise_is_no_change(unit: str, then: float, now: float) -> None:
    assert changes(unit, then, now) == []


@pytest.mark.parametrize(
    ("unit", "then", "now", "is_worse"),
    [
        ("seconds", 10.0, 13.0, True),
        ("seconds", 10.0, 7.0, False),
        ("cpu_seconds", 10.0, 12.0, True),
        ("mb", 1000.0, 1300.0, True),
        ("bytes", 1e9, 1.2e9, True),
        ("bytes", 1e9, 0.5e9, False),
        ("share", 0.9990, 0.9980, True),
        ("share", 0.9980, 0.9990, False),
        ("ms", 40.0, 60.0, True),
    ],
)
def test_beyond_noise_is_worse_or_better(
    unit: str, then: float, now: float, is_worse: bool
) -> None:
    assert [worse for _, worse in changes(unit, then, now)] == [is_worse]


def test_worse_comes_first_and_what_was_never_recorded_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    write_recorded(as_records([Figure("a", "seconds", 10), Figure("b", "mb", 1000)], QUIET), path)
    fresh = [Figure("a", "seconds", 5), Figure("b", "mb", 2000), Figure("c", "mb", 1)]
    lines = told(as_records(fresh, QUIET), read_recorded(path))
    assert lines[0] == "!!!! WORSE THAN RECORDED !!!!"
    assert lines[1].startswith("  b: 2,000 MB at most, was 1,000 MB at most on ")
    assert lines[2] == "Better than recorded:"
    assert lines[3].startswith("  a: 5.00 s, was 10.00 s on ")
    assert lines[4].startswith("0 figures as recorded, 1 never recorded")


def test_recording_some_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    write_recorded(as_records([Figure("a", "seconds", 10), Figure("b", "mb", 1000)], QUIET), path)
    write_recorded(as_records([Figure("b", "mb", 900)], QUIET), path)
    kept = {one.name: one.value for one in read_recorded(path).values()}
    assert kept == {"a": 10, "b": 900}


def test_a_benchmark_leaves_what_the_platform_could_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figures.jsonl"
    note("unasked", {"seconds": 1.0})  # nobody asked: nothing is written, nothing fails
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    note("link", {"seconds": 1.5, "bytes": None})
    assert noted(path) == [Figure("link", "seconds", 1.5)]
