"""Which pairs of profiles are worth comparing: those that share one of a few keys.

Each rule is a set of columns that two profiles must share. The rules overlap on purpose: a pair of
one person is lost only if it fails all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from joinedup.linkage.keys import KEY, key_of
from joinedup.linkage.scratch import Scratch

# Columns that only blocking uses. `name` is either name, so that swapped names meet; `born` the
# birth date with day and month in order, so that swapped ones meet.
Rule = tuple[str, ...]
_RULES: tuple[Rule, ...] = (
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
_LOOSE: tuple[Rule, ...] = (
    ("born",),
    ("postcode",),
    ("root", "surname"),
    ("address",),
)
_EVERY = _RULES + _LOOSE

# A key that more profiles share says nothing (a practice's telephone, a hostel's postcode), and
# its pairs would swamp the rest: a block has at most this many pairs.
MOST_PAIRS = 2_000
# A table of more profiles than this is large.
LARGE = 100_000
# A rule that would find more pairs than this for each seeker is left out.
MOST_FOR_EACH = 30


@dataclass(frozen=True, slots=True)
class Blocked:
    """`pairs`: distinct (seeker, other), the lower profile first; `rules`: those in use."""

    pairs: ir.Table
    rules: tuple[str, ...]


def pairs(
    scratch: Scratch, seekers: ir.Table, others: ir.Table, rules: tuple[str, ...] | None = None
) -> Blocked:
    """Distinct pairs of a seeker and another profile that share a key of one of the rules.

    `seekers` and `others` have the columns of `profiles`, and others hold the seekers too. Without
    `rules`, those that a table of this size can afford.
    """
    used = _affordable(others) if rules is None else _named(rules)
    if not used:
        nothing = seekers.select(seeker="profile", other="profile").limit(0)
        return Blocked(scratch.keep(nothing, "pairs"), ())
    here = scratch.keep(_keys(seekers, used), "keys")
    # A key is of one rule. Of all profiles it is made without saying which: that is most of the
    # time of a linkage.
    there = scratch.keep(_bare_keys(others, used).semi_join(here, "key"), "met")
    sizes = here.group_by("rule", "key").agg(n=here.count())
    sizes = sizes.inner_join(there.group_by("key").agg(m=there.count()), "key")
    small = sizes.filter(sizes.n * sizes.m <= MOST_PAIRS)
    if rules is None:
        small = scratch.keep(small, "small")
        used = _within_bounds(seekers, small, used)
        small = small.filter(small.rule.isin([_EVERY.index(rule) for rule in used]))
    joined = here.semi_join(small, "key").inner_join(there.select("key", other="profile"), "key")
    apart = joined.filter(joined.profile != joined.other)
    low, high = ibis.least(apart.profile, apart.other), ibis.greatest(apart.profile, apart.other)
    found = scratch.keep(apart.select(seeker=low, other=high).distinct(), "pairs")
    return Blocked(found, tuple("+".join(rule) for rule in used))


def _affordable(others: ir.Table) -> tuple[Rule, ...]:
    is_large = others.count().to_pyarrow().as_py() > LARGE
    return _RULES if is_large else _EVERY


def _named(names: tuple[str, ...]) -> tuple[Rule, ...]:
    return tuple(rule for rule in _EVERY if "+".join(rule) in names)


def _within_bounds(
    seekers: ir.Table, blocks: ir.Table, rules: tuple[Rule, ...]
) -> tuple[Rule, ...]:
    """The rules that do not find more pairs than are worth comparing."""
    most = seekers.count().to_pyarrow().as_py() * MOST_FOR_EACH
    by_rule = blocks.group_by("rule").agg(found=(blocks.n * blocks.m).sum())
    found = {row["rule"]: row["found"] for row in by_rule.to_pyarrow().to_pylist()}
    return tuple(rule for rule in rules if found.get(_EVERY.index(rule), 0) <= most)


def _keys(seekers: ir.Table, rules: tuple[Rule, ...]) -> ir.Table:
    """profile, rule and key, one row a rule of which the seeker has all columns."""
    table = _with_columns(seekers)
    keys = [
        ibis.struct({"key": _key(table, rule, crossed="root"), "rule": _EVERY.index(rule)})
        for rule in rules
    ]
    every = table.select("profile", one=ibis.array(keys).unnest())
    every = every.select("profile", key=every.one["key"], rule=every.one["rule"].cast("int64"))
    return every.filter(every.key.notnull())


def _bare_keys(profiles: ir.Table, rules: tuple[Rule, ...]) -> ir.Table:
    """profile and key, in one pass over the profiles; the key is null where a column is."""
    table = _with_columns(profiles)
    keys = [_key(table, rule, crossed="surname") for rule in rules]
    return table.select("profile", key=ibis.array(keys).unnest())


def _key(table: ir.Table, rule: Rule, *, crossed: str) -> ir.IntegerValue:
    """A hash of the rule and its columns; null where the profile lacks one."""
    columns = [table[crossed if name == "crossed" else name] for name in rule]
    complete = ibis.and_(*(column.notnull() for column in columns))
    key = key_of(ibis.literal(_EVERY.index(rule)), *columns)
    return ibis.ifelse(complete, key, ibis.null(KEY))


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
