"""What is counted over the whole table once and then kept from run to run.

How rare a name is, how many people there are and which blocking rules the table can afford are
counted over everybody: counted anew each day, one more record would change every weight a little.
So they are counted at the first linkage, kept beside it, and counted again only when the table has
become another one. A run on what changed and a full one take the same counts, and so agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from joinedup.engines import Engine
from joinedup.linkage.scratch import Scratch

# Counted again when the profiles have become more, or fewer, by a greater share than this.
RECOUNT_AT = 0.25
# Fields whose agreement weighs by how common the value is.
NAMES = ("forename", "root", "surname")
_VERSION = 1
_PEOPLE, _PROFILES, _RULE, _MADE_AS = "people", "profiles", "rule", "version"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Counts that stand for a while.

    `people`: how many have a valid NHS number; `profiles`: of how many profiles all was counted;
    `rules`: the blocking rules in use; `names`: field, value, n, the profiles that have the name.
    """

    people: int
    profiles: int
    rules: tuple[str, ...]
    names: ir.Table

    def holds_for(self, *, profiles: int, has_numbers: bool) -> bool:
        """Whether a table of so many profiles is still the one that was counted."""
        is_near = abs(profiles - self.profiles) <= self.profiles * RECOUNT_AT
        return is_near and has_numbers == (self.people > 0)


def count_names(scratch: Scratch, profiles: ir.Table) -> ir.Table:
    """field, value, n: how many profiles have each forename, root and surname."""
    counts = [
        profiles.filter(profiles[name].notnull())
        .group_by(value=profiles[name])
        .agg(n=ibis._.count())
        .select("value", "n", field=ibis.literal(name))
        for name in NAMES
    ]
    return scratch.keep(ibis.union(*counts), "names")


def write(engine: Engine, calibration: Calibration, path: Path) -> None:
    """Write the counts to one Parquet file of field, value and n."""
    single = [
        (_MADE_AS, "", _VERSION),
        (_PEOPLE, "", calibration.people),
        (_PROFILES, "", calibration.profiles),
        *((_RULE, rule, 1) for rule in calibration.rules),
    ]
    schema = {"field": "string", "value": "string", "n": "int64"}
    rows = ibis.memtable(single, schema=schema)
    engine.write_parquet(rows.union(calibration.names.select("field", "value", "n")), path)


def read(engine: Engine, path: Path) -> Calibration | None:
    """The counts that `write` left; None where another version wrote them."""
    table = engine.read_parquet(path)
    is_name = table.field.isin(NAMES)
    single = table.filter(~is_name).to_pyarrow().to_pylist()
    numbers = {row["field"]: row["n"] for row in single if row["field"] != _RULE}
    if numbers.get(_MADE_AS) != _VERSION:
        return None
    rules = sorted(row["value"] for row in single if row["field"] == _RULE)
    return Calibration(numbers[_PEOPLE], numbers[_PROFILES], tuple(rules), table.filter(is_name))
