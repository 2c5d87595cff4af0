"""A fitted model as plain data: kept as JSON, read back without running anything."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from joinedup.population.risk.terms import Form, Term
from joinedup.terms import NotFoundError, SettingError

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """What a model was made from: for its card, and for whoever asks later."""

    outcome: str
    horizon_days: int
    trained_on: dt.date
    people: int
    outcomes: int
    conditions: tuple[str, ...]
    late_knowledge: bool
    left_out: tuple[str, ...]  # features that nobody differed in
    code_version: str


@dataclass(frozen=True, slots=True)
class Average:
    """The mean of each term among people of a sex from one age to before another."""

    from_age: int
    before_age: int
    is_male: bool
    means: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression: the log odds are the intercept and each term by its slope."""

    origin: Origin
    intercept: float
    terms: tuple[Term, ...]
    averages: tuple[Average, ...]
    version: str = ""

    @property
    def features(self) -> tuple[str, ...]:
        """The features that it reads, in order, once each."""
        return tuple(dict.fromkeys(term.feature for term in self.terms))


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree: where a node is no leaf, those at or below the threshold go left.

    `feature` is a place in the model's features; nulls go left where `null_left`.
    """

    is_leaf: tuple[bool, ...]
    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    null_left: tuple[bool, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Boosting:
    """Gradient-boosted trees: the log odds are the intercept and one leaf of each tree."""

    origin: Origin
    intercept: float
    features: tuple[str, ...]
    trees: tuple[Tree, ...]
    version: str = ""


Model = Regression | Boosting


def with_version(model: Model) -> Model:
    """The model named by its contents: two that score alike and were made alike have one name."""
    text = _text(replace(model, version=""))
    return replace(model, version=hashlib.sha256(text.encode()).hexdigest()[:12])


def write_model(model: Model, path: Path) -> None:
    """Keep a model as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(model) + "\n", encoding="utf-8", newline="\n")


def read_model(path: Path) -> Model:
    """A model that `write_model` kept. NotFoundError without it; SettingError where it is damaged.

    Damaged is also a model whose contents are not those that its version names.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(
            "there is no risk model here.", where=str(path), cure="Train one first."
        ) from None
    try:
        model = _read(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(path) from None
    if with_version(model).version != model.version:
        raise _damaged(path)
    return model


def _damaged(path: Path) -> SettingError:
    return SettingError(
        "this is not a risk model as it was written.",
        where=str(path),
        cure="Take it from your backup, or train it again; do not change it by hand.",
    )


def _text(model: Model) -> str:
    kind = "regression" if isinstance(model, Regression) else "boosting"
    plain = {"format": _FORMAT, "kind": kind, **asdict(model)}
    return json.dumps(plain, indent=1, sort_keys=True, default=str, allow_nan=False)


def _read(plain: dict[str, Any]) -> Model:
    if plain["format"] != _FORMAT:
        raise ValueError(plain["format"])
    given = plain["origin"]
    origin = Origin(
        **{
            **given,
            "trained_on": dt.date.fromisoformat(given["trained_on"]),
            "conditions": tuple(given["conditions"]),
            "left_out": tuple(given["left_out"]),
        }
    )
    if plain["kind"] == "boosting":
        trees = tuple(
            Tree(**{name: tuple(values) for name, values in tree.items()})
            for tree in plain["trees"]
        )
        features = tuple(plain["features"])
        return Boosting(origin, plain["intercept"], features, trees, plain["version"])
    terms = tuple(
        Term(**{**term, "form": Form(term["form"]), "knots": tuple(term["knots"])})
        for term in plain["terms"]
    )
    averages = tuple(Average(**{**one, "means": tuple(one["means"])}) for one in plain["averages"])
    return Regression(origin, plain["intercept"], terms, averages, plain["version"])
