"""A person's score in words: what sets it above that of people of the same age and sex.

From the regression's own terms, so the words are the model's and not a second model's guess at it.
They say what the record holds and what goes with a higher score; never why anything will happen.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from joinedup.population.risk.contacts import COUNTED
from joinedup.population.risk.model import Model, Regression
from joinedup.population.risk.score import check_features
from joinedup.population.risk.terms import term_value
from joinedup.terms import SettingError

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Names that are not said as they are written.
_SAID = (("copd", "COPD"), ("hiv", "HIV"), ("parkinsons", "Parkinson's disease"))
# Everybody has an age and a sex, and the comparison is with people who share them.
_NOT_SAID = ("age_years", "is_male", "is_sex_unknown")


def contributions(model: Model, features: ir.Table) -> ir.Table:
    """What each subject adds to a person's log odds, against the average of same age and sex.

    One row a person and subject: person_id, subject, amount, contribution. A subject's windows of
    time count together; `amount` is what the record holds. SettingError for a model that is no
    regression.
    """
    if not isinstance(model, Regression):
        raise SettingError(
            "reasons are read off a regression's own terms, and this model is of trees.",
            where=f"risk model {model.version}",
            cure="Use a regression where people are to be told why they are listed.",
        )
    check_features(model, features)
    subjects = _subjects(model)
    added = {}
    for subject, names in subjects:
        terms = [term for term in model.terms if term.feature in names]
        total: ir.FloatingValue = ibis.literal(0.0)
        for term in terms:
            total = total + term_value(features, term) * term.slope
        amount = features[names[0]].cast("float64").fill_null(0.0)
        added[subject] = ibis.struct({"amount": amount, "added": total})
    wide = features.select("person_id", cell=_cell(model, features), **added)
    tall = wide.pivot_longer(
        [subject for subject, _ in subjects], names_to="subject", values_to="held"
    )
    averages = _averages(model)
    joined = tall.inner_join(averages, ["cell", "subject"])
    return joined.select(
        "person_id",
        "subject",
        amount=joined.held["amount"],
        contribution=joined.held["added"] - joined.average,
    )


def top_reasons(model: Model, features: ir.Table, *, at_most: int = 3) -> ir.Table:
    """One row a person: person_id, reasons: the subjects that add most, in words, or "".

    Only what the record holds and what adds to the score; ties by name.
    """
    adds = contributions(model, features)
    adds = adds.filter((adds.contribution > 0) & (adds.amount > 0))
    first = ibis.row_number().over(
        group_by="person_id",
        order_by=[ibis.desc(adds.contribution.round(9)), ibis.asc("subject")],
    )
    ranked = adds.mutate(place=first)
    ranked = ranked.filter(ranked.place < at_most)
    said = ranked.mutate(words=_words(ranked))
    placed = said.group_by("person_id").aggregate(
        **{f"reason_{n}": said.words.max(where=said.place == n) for n in range(at_most)}
    )
    text: ir.StringValue = placed.reason_0
    for n in range(1, at_most):
        more = placed[f"reason_{n}"]
        text = text + ibis.ifelse(more.isnull(), "", ibis.literal("; ") + more)
    people = features.select("person_id").left_join(
        placed.select("person_id", reasons=text), "person_id"
    )
    return people.select("person_id", reasons=people.reasons.fill_null(""))


def _subjects(model: Regression) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Subjects and their features, the one whose amount is said first."""
    found: dict[str, list[str]] = {}
    for name in model.features:
        if name not in _NOT_SAID:
            # The weight of conditions is told by their number, where the model has both.
            is_weight = name == "comorbidity_weight" and "conditions_count" in model.features
            subject = "conditions_count" if is_weight else name
            subject = subject.removesuffix("_12m").removesuffix("_3m")
            found.setdefault(subject, []).append(name)
    # "12m" sorts before "3m", "conditions_count" after "comorbidity_weight".
    return tuple(
        (subject, tuple(sorted(names, reverse=subject == "conditions_count")))
        for subject, names in found.items()
    )


def _cell(model: Regression, features: ir.Table) -> ir.IntegerValue:
    """The place of a person's age group and sex among the model's averages."""
    age = features.age_years.fill_null(_usual_age(model))
    is_male = features.is_male > 0
    branches = [
        ((age >= one.from_age) & (age < one.before_age) & (is_male == one.is_male), place)
        for place, one in enumerate(model.averages)
    ]
    return ibis.cases(*branches, else_=0).cast("int64")


def _usual_age(model: Regression) -> float:
    return next((term.filled for term in model.terms if term.feature == "age_years"), 0.0)


def _averages(model: Regression) -> ir.Table:
    """What each subject adds for the average of each age group and sex."""
    rows = []
    for place, one in enumerate(model.averages):
        for subject, names in _subjects(model):
            average = sum(
                term.slope * mean
                for term, mean in zip(model.terms, one.means, strict=True)
                if term.feature in names
            )
            rows.append({"cell": place, "subject": subject, "average": average})
    schema = {"cell": "int64", "subject": "string", "average": "float64"}
    return ibis.memtable(rows, schema=schema)


def _words(ranked: ir.Table) -> ir.StringValue:
    """A subject and its amount as they are said."""
    subject, amount = ranked.subject, ranked.amount.round(0).cast("int64")
    number = ibis.cases(
        *((amount == n, word) for n, word in enumerate(_NUMBERS, start=1)),
        else_=amount.cast("string"),
    )
    is_one = amount == 1
    said = [
        (
            subject == one.name,
            number + ibis.ifelse(is_one, f" {one.one}", f" {one.many}") + " in the last year",
        )
        for one in COUNTED
    ]
    said += [
        (
            subject == "bed_days",
            number + ibis.ifelse(is_one, " night", " nights") + " in hospital in the last year",
        ),
        (
            subject == "bnf_chapters",
            ibis.literal("medicines from ")
            + number
            + ibis.ifelse(is_one, " chapter", " chapters")
            + " of the formulary in the last year",
        ),
        (
            subject == "conditions_count",
            number + ibis.ifelse(is_one, " long-term condition", " long-term conditions"),
        ),
        (subject == "has_package", ibis.literal("a package of care")),
        (subject == "has_care_home", ibis.literal("a place in a care home")),
        (
            subject == "deprivation_decile",
            ibis.literal("home in deprivation tenth ") + amount.cast("string") + " (1 most)",
        ),
    ]
    bare = subject.replace("condition_", "").replace("_", " ")
    named = ibis.cases(*((bare == name, words) for name, words in _SAID), else_=bare)
    return ibis.cases(*said, else_=named)
