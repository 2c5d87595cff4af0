"""Whatever history of files: changing only what changed gives exactly what a rebuild gives.

A history is some days; each day files come, are replaced, go or come back. Rows are of a few people
at two partners, so that keys repeat, people merge and split, and numbers are contested.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from joinedup.actions.init import init_system
from joinedup.actions.run import run
from joinedup.terms import SourceDataError
from tests.same_snapshots import differences

IDENTITY = """
extract_date = '_(\\d{8})'
key = ["id"]
[identity]
record_id = "patient"
nhs_number = "nhs"
forename = "forename"
surname = "surname"
birth_date = { column = "born", date = "%Y-%m-%d" }
postcode = "postcode"
"""
VISITS = """
partner = "RZ1"
feed = "visits"
files = "visits_*"
""" + IDENTITY + """
[[events]]
organisation = { value = "RZ1" }
setting = { value = "community" }
kind = { value = "contact" }
start_at = { column = "day", datetime = "%Y-%m-%d" }
[[events.codes]]
system = { value = "ICD-10" }
code = "code"
"""  # fmt: skip
PATIENTS = """
partner = "QZZ"
feed = "patients"
files = "patients_*"
""" + IDENTITY + """
[[registrations]]
practice_code = { value = "P00001" }
start_date = { column = "day", date = "%Y-%m-%d" }
[[residences]]
lsoa_code = "lsoa"
lsoa_vintage = { value = "2011" }
"""  # fmt: skip
POSTCODES = pa.table({
    "postcode": ["JB1 0WL", "JB1 0JA", "JB2 1AA", "JB2 1BB"],
    "lsoa_code": ["E01000001", "E01000001", "E01000002", "E01000002"],
    "lsoa_vintage": [2011, 2011, 2011, 2011],
})  # fmt: skip
HEADER = "id,patient,nhs,forename,surname,born,postcode,day,code,lsoa"
NUMBERS = ("9434765919", "9434765870", "4010232137", "9876543210", "")
KINDS = (("RZ1", "visits"), ("QZZ", "patients"))


def row(chance: random.Random) -> str:
    pick = chance.choice
    return ",".join((
        f"k{chance.randrange(25)}", f"p{chance.randrange(8)}", pick(NUMBERS),
        pick(("MARIA", "MARY", "TREVOR", "JO")), pick(("OKAFOR", "LANGDALE", "LANG")),
        pick(("1950-02-03", "1987-11-30", "1950-03-02")), pick(("JB1 0WL", "JB1 0JA", "JB2 1AA")),
        f"202{chance.randrange(3, 7)}-0{chance.randrange(1, 4)}-11", pick(("I10", "E11", "")),
        pick(("E01000001", "E01000002")),
    ))  # fmt: skip


def write(path: Path, chance: random.Random) -> None:
    rows = [row(chance) for _ in range(chance.randrange(1, 30))]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")


def change_inbox(system: Path, attic: Path, chance: random.Random) -> None:
    """A day in the life of an inbox."""
    here = sorted((system / "inbox").rglob("*.csv"))
    for path in here:
        what = chance.random()
        if what < 0.15:
            shutil.move(path, attic / f"{path.parent.name}--{path.name}")
        elif what < 0.25:
            write(path, chance)
    for path in sorted(attic.iterdir()):
        if chance.random() < 0.3:
            partner, _, name = path.name.partition("--")
            shutil.move(path, system / "inbox" / partner / name)
    for partner, feed in KINDS:
        if chance.random() < 0.8:
            day = f"202604{chance.randrange(1, 29):02d}"
            write(system / "inbox" / partner / f"{feed}_{day}_{chance.randrange(99)}.csv", chance)


def change_names_and_feeds(system: Path, chance: random.Random) -> None:
    """The same bytes, of another day or read otherwise."""
    for path in sorted((system / "inbox").rglob("*.csv")):
        if chance.random() < 0.1:
            feed, _, number = path.stem.split("_")
            path.rename(path.with_name(f"{feed}_20260402_{number}x.csv"))
    for declared in sorted((system / "feeds").glob("*.toml")):
        if chance.random() < 0.15:
            text = declared.read_text(encoding="utf-8")
            declared.write_text(_read_otherwise(text), encoding="utf-8")


def _read_otherwise(text: str) -> str:
    """The same feed, of which the surname is read, or no longer."""
    mapped, left = 'surname = "surname"\n', '# surname = "surname"\n'
    return text.replace(left, mapped) if left in text else text.replace(mapped, left)


def start(folder: Path, chance: random.Random) -> Path:
    system = folder / "system"
    init_system(system)
    for path in (system / "feeds").glob("*.toml"):
        path.unlink()
    (system / "reference").mkdir(exist_ok=True)
    pq.write_table(POSTCODES, system / "reference" / "postcodes.parquet")
    for (partner, feed), text in zip(KINDS, (VISITS, PATIENTS), strict=True):
        (system / "feeds" / f"{feed}.toml").write_text(text, encoding="utf-8")
        (system / "inbox" / partner).mkdir(parents=True, exist_ok=True)
        write(system / "inbox" / partner / f"{feed}_20260401_0.csv", chance)
    return system


def run_both_ways(system: Path) -> dict[str, tuple[int, int]]:
    twin = system.with_name("rebuilt")
    shutil.rmtree(twin, ignore_errors=True)
    shutil.copytree(system, twin)
    try:
        run(system)
    except SourceDataError:  # nothing left in the inbox: both ways say so
        with pytest.raises(SourceDataError):
            run(twin, rebuild=True)
        return {}
    run(twin, rebuild=True)
    return differences(system, twin)


@pytest.mark.soak
@settings(
    max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(seed=st.integers(0, 2**32), days=st.integers(2, 4))
def test_every_day_of_a_history(
    tmp_path_factory: pytest.TempPathFactory, seed: int, days: int
) -> None:
    chance, folder = random.Random(seed), tmp_path_factory.mktemp("history")
    attic = folder / "attic"
    attic.mkdir()
    system = start(folder, chance)
    run(system)
    for _ in range(days):
        change_inbox(system, attic, chance)
        change_names_and_feeds(system, chance)
        assert run_both_ways(system) == {}
    shutil.rmtree(folder)
