"""Which pairs of profiles are worth comparing: those that share one of a few keys.

Each rule is a set of columns that two profiles must share. The rules overlap on purpose: a pair of
one person is lost only if it fails all of them.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

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

# A key that more profiles share says nothing (a practice's telephone, a hostel's postcode), and
# its pairs would swamp the rest: a block has at most this many pairs.
MOST_PAIRS = 2_000


def with_keys(profiles: ir.Table) -> ir.Table:
    """Add the columns that rules need."""
    born = profiles.birth_date
    day, month = born.day(), born.month()
    return profiles.mutate(
        born=born.year() * 10_000 + ibis.least(day, month) * 100 + ibis.greatest(day, month),
        year=born.year(),
        initial=profiles.root.left(1),
        initials=profiles.root.left(1) + profiles.surname.left(2),
    )


def pairs(scratch: Scratch, seekers: ir.Table, others: ir.Table) -> ir.Table:
    """Distinct pairs (seeker, other) of profiles that share a key; never one with itself.

    `seekers` and `others` have the columns of `profiles`.
    """
    left, right = with_keys(seekers), with_keys(others)
    found = [_by_rule(scratch, left, right, rule) for rule in _RULES]
    return scratch.keep(ibis.union(*found, distinct=True), "pairs")


def pairs_among(scratch: Scratch, seekers: ir.Table) -> ir.Table:
    """Distinct pairs of seekers that share a key, the lower `profile` as the seeker."""
    both = pairs(scratch, seekers, seekers)
    return scratch.keep(
        both.select(
            seeker=ibis.least(both.seeker, both.other), other=ibis.greatest(both.seeker, both.other)
        ).distinct(),
        "pairs_among",
    )


def _by_rule(scratch: Scratch, left: ir.Table, right: ir.Table, rule: tuple[str, ...]) -> ir.Table:
    here, there = _keyed(left, rule), _keyed(right, rule, crossed=True)
    sizes_here = here.group_by("key").agg(n=here.count())
    met = there.semi_join(sizes_here, "key")
    met = scratch.keep(met, "met")
    sizes_there = met.group_by("key").agg(m=met.count())
    both = sizes_here.inner_join(sizes_there, "key")
    small = both.filter(both.n * both.m <= MOST_PAIRS).select("key")
    kept = here.semi_join(small, "key")
    joined = kept.inner_join(met.select("key", other="profile"), "key")
    apart = joined.filter(joined.profile != joined.other)
    return apart.select(seeker="profile", other="other")


def _keyed(table: ir.Table, rule: tuple[str, ...], *, crossed: bool = False) -> ir.Table:
    """profile and key (a hash of the rule's columns); rows that lack one of them are left out."""
    columns = {
        name: (table.surname if crossed else table.root) if name == "crossed" else table[name]
        for name in rule
    }
    complete = ibis.and_(*(column.notnull() for column in columns.values()))
    key = ibis.struct(columns).hash() if len(columns) > 1 else next(iter(columns.values())).hash()
    return table.select("profile", key=ibis.ifelse(complete, key, ibis.null("int64"))).filter(
        lambda t: t.key.notnull()
    )
