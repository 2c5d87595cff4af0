"""Whatever happens to a setting or a pack, its reader says what is wrong, or takes it as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.actions.init import init_system
from joinedup.partners import (
    AreaPack,
    boundaries,
    invented_pack,
    memberships,
    read_pack,
    read_partners,
    read_system,
)
from joinedup.terms import JoinedupError

EDITS: tuple[Callable[[Random, list[str]], None], ...] = (
    lambda random, lines: lines.insert(random.randrange(len(lines)), random.choice(lines)),
    lambda random, lines: lines.remove(random.choice(lines)),
    lambda random, lines: random.shuffle(lines),
    lambda random, lines: lines.__setitem__(random.randrange(len(lines)), "\x00é = ["),
    lambda random, lines: lines.__setitem__(slice(random.randrange(len(lines)), None), []),
    lambda random, lines: swap(random, lines, '"', ""),
    lambda random, lines: swap(random, lines, " = ", " = -"),
    lambda random, lines: swap(random, lines, ",", ";"),
    lambda random, lines: swap(random, lines, "1", "x"),
    lambda random, lines: swap(random, lines, "e", "a"),
)


def swap(random: Random, lines: list[str], old: str, new: str) -> None:
    place = random.randrange(len(lines))
    lines[place] = lines[place].replace(old, new, random.randint(1, 3))


def damaged(text: str, seed: int) -> str:
    random = Random(seed)
    lines = text.splitlines(keepends=True)
    for _ in range(random.randint(1, 3)):
        if lines:
            random.choice(EDITS)(random, lines)
    return "".join(lines)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged") / "system"
    init_system(folder)
    return folder


@pytest.fixture(scope="module")
def pack() -> AreaPack:
    return read_pack(invented_pack())


@given(st.sampled_from(["system.toml", "partners.toml"]), st.integers(0, 2**32))
@settings(deadline=None, max_examples=150)
def test_a_damaged_setting_is_told(system: Path, pack: AreaPack, name: str, seed: int) -> None:
    file = system / name
    whole = file.read_bytes()
    try:
        file.write_text(damaged(whole.decode(), seed), encoding="utf-8", newline="")
        memberships(pack, read_partners(read_system(system), pack))
    except JoinedupError as error:
        assert error.what
        assert name in error.where
        assert error.cure
    finally:
        file.write_bytes(whole)


FILES = (
    "lsoa11.csv", "practices.csv", "practice_lsoa11_registrations.csv", "trusts.csv",
    "registered_elsewhere.csv", "pack.toml", "ltla24.geojson",
)  # fmt: skip


@given(st.sampled_from(FILES), st.integers(0, 2**32))
@settings(deadline=None, max_examples=100)
def test_a_damaged_pack_is_told(system: Path, name: str, seed: int) -> None:
    file = system / "area" / name
    whole = file.read_bytes()
    try:
        file.write_text(damaged(whole.decode(), seed), encoding="utf-8", newline="")
        read = read_pack(system / "area")
        memberships(read)
        boundaries(read, "council")
    except JoinedupError as error:
        assert error.what
        assert name.partition(".")[0] in error.where
        assert error.cure
    finally:
        file.write_bytes(whole)


@given(st.integers(0, 2**32))
@settings(deadline=None, max_examples=15)
def test_the_order_of_rows_changes_nothing(system: Path, pack: AreaPack, seed: int) -> None:
    random = Random(seed)
    kept = {name: (system / "area" / name).read_bytes() for name in FILES if name.endswith("csv")}
    try:
        for name, whole in kept.items():
            head, *rows = whole.decode().splitlines(keepends=True)
            random.shuffle(rows)
            (system / "area" / name).write_text(head + "".join(rows), encoding="utf-8", newline="")
        again = read_pack(system / "area")
    finally:
        for name, whole in kept.items():
            (system / "area" / name).write_bytes(whole)
    for name in ("lsoas", "practices", "registrations", "registered_elsewhere", "trusts"):
        assert getattr(again, name).equals(getattr(pack, name)), name
    assert (again.ages == pack.ages).all()
    assert memberships(again).equals(memberships(pack))
