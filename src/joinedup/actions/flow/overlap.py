"""Whom teams share, and how many have many teams and nobody named to coordinate them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import ibis

from joinedup import flow
from joinedup.actions.flow.answer import Answer, Part
from joinedup.actions.flow.period import Dates, look
from joinedup.actions.flow.small_numbers import RULE, shown_alone
from joinedup.tables.code_sets import SETTINGS

_COLUMNS: Final = (
    "organisation", "name", "setting", "other_organisation", "other_name", "other_setting",
    "shared_people",
)  # fmt: skip


def look_at_overlap(folder: Path, dates: Dates) -> Answer:
    """People of the period whom each two teams share, and those with many teams.

    Pairs that share seven people or fewer are left out, and no team's size is given, from which
    the people whom it does not share could be had.
    """
    with look(folder, dates) as looked:
        contacts = flow.between(looked.contacts(), looked.start, looked.end)
        pairs = flow.shared_people(contacts)
        many = pairs.filter(pairs.shared_people > RULE.threshold).order_by(
            ibis.desc("shared_people"), "organisation", "setting", "other_organisation",
            "other_setting",
        )  # fmt: skip
        rows = tuple(
            (
                row["organisation"], looked.name(row["organisation"]), row["setting"],
                row["other_organisation"], looked.name(row["other_organisation"]),
                row["other_setting"], shown_alone(row["shared_people"]),
            )
            for row in many.to_pyarrow().to_pylist()
        )  # fmt: skip
        left_out = int(pairs.count().to_pyarrow().as_py()) - len(rows)
        # No promised table names coordinators yet.
        nobody = ibis.memtable([], schema={"person_id": "string"})
        uncoordinated = flow.uncoordinated(contacts, nobody).count().to_pyarrow().as_py()
        parts = (
            Part("uncoordinated", f"People with {flow.MANY_TEAMS} teams or more",
                 ("teams_or_more", "people"), ((flow.MANY_TEAMS, shown_alone(uncoordinated)),)),
            Part("shared", "People whom each two teams share", _COLUMNS, rows),
        )  # fmt: skip
        return looked.answer(
            "Overlap",
            parts,
            f"A team is an organisation in a setting: {', '.join(SETTINGS)}.",
            "Nobody records who coordinates care: no feed of the system names coordinators, so "
            f"that everybody with {flow.MANY_TEAMS} teams or more is counted. That is no proof "
            "that nobody coordinates.",
            f"{left_out:,} pairs that share {RULE.threshold} people or fewer are left out.",
        )
