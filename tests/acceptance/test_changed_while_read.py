"""A partner's file that changes while it is read is taken in whole, as one of its two, or waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import Meddling, content, correct_emergency, healed, run, serving, small_system

# How often Python opens a file of that name, and so how many moments there are to meddle at:
# to hash it, to tell whether it is packed, to survey it, to read its header, to fetch its lines.
OPENINGS = 6


@pytest.mark.parametrize(
    "how",
    [
        pytest.param("replaced", marks=pytest.mark.long),
        pytest.param("appended", marks=pytest.mark.soak),
        pytest.param("cut", marks=pytest.mark.soak),
        pytest.param("removed", marks=pytest.mark.long),
    ],
)
def test_a_file_changed_while_it_is_read_is_never_half_taken_in(tmp_path: Path, how: str) -> None:
    system = small_system(tmp_path / "system")
    waited = 0
    for at in range(1, OPENINGS + 1):
        path = correct_emergency(system, 40 + at)
        name = path.relative_to(system / "inbox").as_posix()
        done = run(system, meddling=Meddling(name=path.name, at=at, how=how))
        assert done.code in (0, 3), done.out
        accounts = {one["file"]: one for one in done.json["files"]}
        if name in done.json["waiting"] or not path.exists():
            waited += 1
            assert name not in accounts, "it waits, or is gone: no row of it is taken in"
        else:
            assert accounts[name]["lines"] in _lines(path, at, how), accounts[name]
        _balanced(accounts.values())
        serving(system)
        _as_if_it_had_always_been_so(system, name)
    assert waited >= 3, "the meddling came too late, or nobody noticed"


def _lines(path: Path, at: int, how: str) -> set[int]:
    """What it has now: a file taken in before it was meddled with keeps what it had."""
    return {len(path.read_text(encoding="utf-8").splitlines()), 5 + (40 + at) % 7}


def _balanced(accounts: object) -> None:
    for one in accounts:  # type: ignore[attr-defined]
        parts = ("accepted_lines", "quarantined_lines", "header_or_blank")
        assert one["lines"] == sum(one[part] for part in parts), one["file"]


def _as_if_it_had_always_been_so(system: Path, name: str) -> None:
    """The next run has the file as it is now, and nothing of what it was."""
    outcome = healed(system)
    assert outcome["waiting"] == []
    found = {one["file"]: one["lines"] for one in outcome["files"]}
    path = system / "inbox" / name
    lines = len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else None
    assert found.get(name) == lines


@pytest.mark.long
def test_content_after_a_replacement_is_that_of_the_new_file(tmp_path: Path) -> None:
    system = small_system(tmp_path / "system")
    path = correct_emergency(system, 3)
    run(system, meddling=Meddling(name=path.name, at=2, how="replaced"))
    healed(system)
    after = content(system)
    untouched = correct_emergency(system, 3)
    assert untouched == path
    healed(system)
    assert content(system) != after, "the replacement was taken in, and now the first one again"
