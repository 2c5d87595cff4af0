"""The groups by which a model is asked whether it is fair."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.population.risk.history import History

# The groups of the 2001 census ethnic categories (NHS Data Dictionary: ETHNIC CATEGORY); Z is not
# stated, 99 not known.
_ETHNIC_GROUPS = (
    ("White", ("A", "B", "C")),
    ("Mixed", ("D", "E", "F", "G")),
    ("Asian or Asian British", ("H", "J", "K", "L")),
    ("Black or Black British", ("M", "N", "P")),
    ("Other ethnic groups", ("R", "S")),
)


def fairness_groups(history: History) -> ir.Table:
    """One row a person: person_id, deprivation (fifth, 1 most deprived), sex, ethnicity, as text.

    Null where not known, which is a group of its own.
    """
    areas = history.deprivation.group_by("lsoa_code").aggregate(decile=lambda t: t.decile.min())
    homes = history.homes.group_by("person_id").aggregate(lsoa_code=lambda t: t.lsoa_code.min())
    placed = homes.inner_join(areas, "lsoa_code").select("person_id", "decile")
    people = history.persons.left_join(placed, "person_id")
    fifth = ibis.cases(*((people.decile <= 2 * n, str(n)) for n in range(1, 6)))
    # A code is a letter, with a partner's own second mark at most; a word is no code.
    code = people.ethnicity.strip()
    letter = ibis.ifelse(code.length() <= 2, code.left(1), "")
    ethnic = ibis.cases(*((letter.isin(letters), name) for name, letters in _ETHNIC_GROUPS))
    return people.select("person_id", deprivation=fifth, sex=people.sex, ethnicity=ethnic)
