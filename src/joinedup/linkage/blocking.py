"""Which pairs of profiles are worth comparing: those that share one of a few keys.

Each rule is a set of columns that two profiles must share. The rules overlap on purpose: a pair of
one person is lost only if it fails all of them.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.linkage.keys import KEY, key_of
from joinedup.linkage.scratch import Scratch

# Columns that only blocking uses. `name` is either name, so that swapped names meet; `born` the
# birth date with day and month in order, so that swapped ones meet.
_RULES: tuple[tuple[str, ...], ...] = (
    ("nhs_number",),
    ("other_number",),
    ("phone",),
    ("email",),
    ("born", "root"),
    ("born", "surname"),
    ("born", "crossed"),
    ("born", "postcode"),
    ("born", "initials"),
    ("root", "surname", "year"),
    ("root", "surname", "postcode"),
    ("root", "surname", "address"),
    ("surname", "postcode", "initial"),
    ("root", "postcode", "year"),
    ("address", "postcode", "initial"),
)
# Rules that only a small table can afford.
_LOOSE: tuple[tuple[str, ...], ...] = (
    ("born",),
    ("postcode",),
    ("root", "surname"),
    ("address",),
)

# A key that more profiles share says nothing (a practice's telephone, a hostel's postcode), and
# its pairs would swamp the rest: a block has at most this many pairs.
MOST_PAIRS = 2_000
# A table of more profiles than this is large.
LARGE = 100_000
# A rule that would find more pairs than this for each seeker is left out.
MOST_FOR_EACH = 30


def pairs(scratch: Scratch, seekers: ir.Table, others: ir.Table) -> ir.Table:
    """Distinct pairs (seeker, other) of profiles that share a key; never one with itself.

    `seekers` and `others` have the columns of `profiles`, and others hold the seekers too: two
    seekers come as a pair from both sides.
    """
    is_large = others.count().to_pyarrow().as_py() > LARGE
    rules = _RULES if is_large else _RULES + _LOOSE
    here = scratch.keep(_keys(seekers, rules, crossed="root"), "keys")
    there = _keys(others, rules, crossed="surname").semi_join(here, ["rule", "key"])
    there = scratch.keep(there, "met")
    sizes = here.group_by("rule", "key").agg(n=here.count())
    sizes = sizes.inner_join(there.group_by("rule", "key").agg(m=there.count()), ["rule", "key"])
    small = sizes.filter(sizes.n * sizes.m <= MOST_PAIRS)
    small = small.mutate(in_rule=(small.n * small.m).sum().over(group_by="rule"))
    most = seekers.count().as_scalar() * MOST_FOR_EACH
    small = small.filter(small.in_rule <= most).select("rule", "key")
    joined = here.semi_join(small, ["rule", "key"]).inner_join(
        there.select("rule", "key", other="profile"), ["rule", "key"]
    )
    apart = joined.filter(joined.profile != joined.other)
    return scratch.keep(apart.select(seeker="profile", other="other").distinct(), "pairs")


def _keys(profiles: ir.Table, rules: tuple[tuple[str, ...], ...], *, crossed: str) -> ir.Table:
    """profile, rule and key, one row a rule of which the profile has all columns.

    A key is a hash of the rule and its columns: one pass over the profiles makes them all.
    """
    table = _with_columns(profiles)
    keys = []
    for number, rule in enumerate(rules):
        columns = [table[crossed if name == "crossed" else name] for name in rule]
        complete = ibis.and_(*(column.notnull() for column in columns))
        key = key_of(ibis.literal(number), *columns)
        key = ibis.ifelse(complete, key, ibis.null(KEY))
        keys.append(ibis.struct({"key": key, "rule": ibis.literal(number, "int64")}))
    every = table.select("profile", one=ibis.array(keys).unnest())
    every = every.select("profile", key=every.one["key"], rule=every.one["rule"])
    return every.filter(every.key.notnull())


def _with_columns(profiles: ir.Table) -> ir.Table:
    """Add the columns that only rules need."""
    born = profiles.birth_date
    day, month = born.day(), born.month()
    return profiles.mutate(
        born=born.year() * 10_000 + ibis.least(day, month) * 100 + ibis.greatest(day, month),
        year=born.year(),
        initial=profiles.root.left(1),
        initials=profiles.root.left(1) + profiles.surname.left(2),
    )
