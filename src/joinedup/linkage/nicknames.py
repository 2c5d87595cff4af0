"""Short forms of forenames, each with the one root that it is compared by.

The list, `nicknames.csv`, was compiled by hand for this project from common English usage. A short
form that serves several names (SAM, PAT) is under the commoner: the root only has to be the same
for both records of one person, it need not be the name in full.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import ibis
import ibis.expr.types as ir


@cache
def short_forms() -> tuple[tuple[str, str], ...]:
    """Pairs of a short form and its root, in order, each short form once."""
    text = files("joinedup.linkage").joinpath("nicknames.csv").read_text(encoding="utf-8")
    pairs: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        for short in row["short"].split():
            pairs.setdefault(short, row["root"])
    return tuple(sorted(pairs.items()))


def first_name_root(table: ir.Table) -> ir.Table:
    """Add `root`: the first word of `forename`, a short form as the name that it stands for."""
    pairs = [{"short_form": short, "long_form": root} for short, root in short_forms()]
    known = ibis.memtable(pairs)
    first = table.mutate(first_word=table.forename.split(" ")[0])
    joined = first.left_join(known, first.first_word == known.short_form)
    return joined.mutate(root=ibis.coalesce(joined.long_form, joined.first_word)).drop(
        "first_word", "short_form", "long_form"
    )
