"""A table is opened for a stated purpose, and every look is recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from joinedup import tables
from joinedup.safeguards import Purpose, decide, record_look
from joinedup.terms import DisclosureError


@pytest.mark.parametrize(
    ("purpose", "table", "allowed"),
    [
        ("population_health", tables.EVENTS, True),
        ("population_health", tables.IDENTITIES, False),
        ("finance", tables.LINKS, False),
        ("evaluation", tables.QUARANTINE, False),
        ("direct_care", tables.IDENTITIES, True),
        ("linkage_quality", tables.LINKS, True),
        ("data_quality", tables.QUARANTINE, True),
        ("curiosity", tables.FILES, False),
    ],
)
def test_the_purpose_decides_which_zones_open(
    purpose: str, table: tables.Table, allowed: bool
) -> None:
    if allowed:
        assert decide(purpose, table) == purpose
    else:
        with pytest.raises(DisclosureError) as refused:
            decide(purpose, table)
        assert refused.value.cure


def test_looks_are_added_and_never_overwritten(tmp_path: Path) -> None:
    log = tmp_path / "identified" / "looks.jsonl"
    record_look(log, purpose=Purpose.DIRECT_CARE, what="person", person_id="P1")
    record_look(log, purpose=Purpose.FINANCE, what="table events")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["purpose"], line["what"], line["person_id"]) for line in lines] == [
        ("direct_care", "person", "P1"),
        ("finance", "table events", ""),
    ]
    assert all(line["at"] and line["user"] for line in lines)
