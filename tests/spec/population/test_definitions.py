"""Definitions are declared in a few lines, and a wrong one says what is wrong and the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup.population import Definitions, read_definitions, shipped_definitions
from joinedup.terms import JoinedupError, SettingError, SourceDataError

LIST = """
[[code_lists]]
file = "mine.csv"
version = "3"
source = "made up"
licence = "none"
"""
REGISTER = """
[registers.migraine]
title = "Migraine"
says = "Has migraine."
source = "made up"
version = "1"
lists = ["migraine"]
"""
MEASURE = """
[measures.migraine_admissions]
title = "Admissions with migraine"
says = "Spells."
source = "made up"
version = "1"
numerator.events = { setting = "inpatient", kind = "spell" }
in_registers = ["migraine"]
per = 1000
"""


def read(folder: Path, text: str, codes: str = "migraine,SNOMED-CT,37796009\n") -> Definitions:
    (folder / "mine.csv").write_text("list,system,code\n" + codes, encoding="utf-8")
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return read_definitions([folder])


def test_a_register_in_six_lines_has_its_prevalence_too(tmp_path: Path) -> None:
    found = read(tmp_path, LIST + REGISTER + MEASURE)
    assert list(found.registers) == ["migraine"]
    assert list(found.measures) == ["migraine_admissions", "migraine_prevalence"]
    assert found.lists["migraine"].version == "3"
    assert found.waiting == {}


def test_what_waits_for_a_list_says_for_which(tmp_path: Path) -> None:
    found = read(tmp_path, REGISTER + MEASURE)
    assert found.waiting == dict.fromkeys(
        ("migraine", "migraine_admissions", "migraine_prevalence"), ("migraine",)
    )
    assert found.ready_registers == ()


def test_a_systems_own_definition_goes_before_the_packages(tmp_path: Path) -> None:
    own = REGISTER.replace("registers.migraine", "registers.diabetes")
    (tmp_path / "mine.csv").write_text("list,system,code\nmigraine,SNOMED-CT,37796009\n")
    (tmp_path / "mine.toml").write_text(LIST + own)
    found = read_definitions([shipped_definitions(), tmp_path])
    assert found.registers["diabetes"].about.file == "mine.toml"
    assert found.measures["diabetes_prevalence"].about.title == "Migraine: prevalence"


def test_names_of_a_national_file_become_ours(tmp_path: Path) -> None:
    text = LIST.replace('"mine.csv"', '"refset.txt"') + (
        'delimiter = "tab"\nlist_column = "Cluster_ID"\ncode_column = "ConceptId"\n'
        'system = "SNOMED-CT"\nnames = { MIG_COD = "migraine" }\n'
    )
    (tmp_path / "refset.txt").write_text(
        "Cluster_ID\tConceptId\nMIG_COD\t37796009\nOTHER_COD\t44054006\n", encoding="utf-8"
    )
    found = read(tmp_path, text)
    assert [one.code for one in found.lists["migraine"].codes] == ["37796009"]


def test_what_ships_is_sound() -> None:
    found = read_definitions([shipped_definitions()])
    assert found.waiting == {}
    assert {"multimorbidity", "care_home", "end_of_life"} <= set(found.registers)
    for one in (*found.registers.values(), *found.measures.values()):
        assert one.about.says.endswith("."), one.about.id
        assert one.about.source, one.about.id


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        (REGISTER.replace("lists", "list"), "registers.migraine", "nobody may be on it"),
        (REGISTER + 'lsts = ["a"]\n', "registers.migraine.lsts", "Did you mean `lists`?"),
        (REGISTER + 'of = ["asthmma"]\n', "registers.migraine", "There is no register 'asthmma'"),
        (REGISTER + 'without = ["migraine"]\n', "registers.migraine", "in a circle"),
        (REGISTER + "from_age = 40\nto_age = 30\n", "registers.migraine.to_age", "Swap them"),
        (MEASURE.replace("spell", "spel") + REGISTER, "numerator.events.kind", "'spell'"),
        (MEASURE + 'numerator.register = "migraine"\n' + REGISTER, "numerator", "one thing"),
        (
            REGISTER + MEASURE.replace("per = 1000", "standardised = true").replace(
                'events = { setting = "inpatient", kind = "spell" }', 'lists = ["migraine"]'
            ),
            "measures.migraine_admissions.standardised",
            "Only a rate of events",
        ),
        (LIST.replace("mine.csv", "his.csv"), "code_lists[1].file", "There is no file"),
    ],
)  # fmt: skip
def test_a_wrong_definition_says_what_is_wrong_and_where(
    tmp_path: Path, text: str, where: str, words: str
) -> None:
    with pytest.raises(SettingError) as error:
        read(tmp_path, text)
    assert where in str(error.value)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ("migraine,SNOMED-CT,37796008\n", "line 2 (SNOMED-CT '37796008')"),  # wrong check digit
        ("migraine,ICD-10,G4\n", "line 2 (ICD-10 'G4')"),
        ("migraine,SNOMED,37796009\n", "'SNOMED' is not known here"),
    ],
)
def test_a_malformed_code_is_refused_before_any_rule_sees_it(
    tmp_path: Path, codes: str, words: str
) -> None:
    with pytest.raises(SourceDataError, match=r"mine\.csv") as error:
        read(tmp_path, LIST + REGISTER, codes)
    assert words in str(error.value)
    assert isinstance(error.value, JoinedupError)
