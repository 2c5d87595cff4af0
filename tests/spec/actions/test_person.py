"""What was written against an old person_id follows merges and splits to the new one."""

from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from joinedup import tables
from joinedup.actions.init import init_system
from joinedup.actions.open_system import open_system
from joinedup.actions.person import read_person
from joinedup.engines import DuckDBEngine, Lake
from joinedup.partners import read_system
from joinedup.terms import NotFoundError
from tests.drawn import drawn

CHANGES = """
    old_person_id | new_person_id | change | identities | why  | run
    POLD          | PMID          | merged | 2          | rule | 1
    PMID          | PSMALL        | split  | 1          | rule | 2
    PMID          | PNOW          | split  | 3          | rule | 2
    PLOOP         | PLOOP         | merged | 1          | rule | 2
"""


@pytest.fixture
def folder(engine: DuckDBEngine, tmp_path: Path) -> Path:
    """A system whose snapshot has one person, whom two earlier ids lead to."""
    path = tmp_path / "system"
    init_system(path)
    system = read_system(path)
    lake = Lake(system.lake, system.identified)
    draft = lake.begin()
    persons = drawn("person_id\nPNOW").mutate(identities=ibis.literal(6), partners=ibis.literal(2))
    changes = drawn(CHANGES, identities="int64")
    filled = {"persons": persons, "link_changes": changes}
    for declared in tables.PROMISED:
        schema = declared.schema()
        table = filled.get(declared.name, ibis.memtable([], schema=schema))
        missing = {n: ibis.null(t) for n, t in schema.items() if n not in table.columns}
        rows = table.mutate(**missing).select(*schema.names)
        engine.write_parquet(rows, draft.path / "tables" / declared.name / "all.parquet")
    lake.publish(draft, {"tables": {}})
    return path


def test_an_old_id_leads_to_where_most_of_its_records_went(folder: Path) -> None:
    with open_system(folder, "direct_care") as system:
        person = read_person(system, "pold")
    assert (person.person_id, person.followed) == ("PNOW", ("POLD", "PMID"))


@pytest.mark.parametrize("person_id", ["PNOBODY", "PLOOP"])
def test_an_id_that_leads_nowhere_is_said_so(folder: Path, person_id: str) -> None:
    with (
        open_system(folder, "direct_care") as system,
        pytest.raises(NotFoundError, match="nobody has this person_id"),
    ):
        read_person(system, person_id)
