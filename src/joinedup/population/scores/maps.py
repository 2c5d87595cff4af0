"""The published maps: conditions, their codes and weights, as CSV files of this package.

Each file begins with lines of `# what: words`: the source of the codes and of each column of
weights, the version, the licence. Weights are held as whole hundredths, so that sums are exact.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from joinedup.terms import NotFoundError

HUNDREDTHS: Final = 100


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a score: ICD-10 codes that stand for it, and what it weighs.

    A code of three or four characters stands for every code that begins with it. Where the graver
    condition `gives_way_to` is recorded too, only that one counts.
    """

    key: str
    name: str
    weight_hundredths: int
    gives_way_to: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreMap:
    """A published score: its conditions, and where codes and weights come from."""

    name: str
    weights: str
    title: str
    sources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every weight is a whole number."""
        return all(one.weight_hundredths % HUNDREDTHS == 0 for one in self.conditions)


WEIGHTS: Final = {
    "charlson": ("charlson_1987", "quan_2011"),
    "elixhauser": ("van_walraven_2009",),
    "hospital_frailty": ("gilbert_2018",),
    "electronic_frailty": ("clegg_2016",),
    "cambridge": ("payne_2020",),
}


@cache
def score_map(name: str, weights: str | None = None) -> ScoreMap:
    """The map of a score by name, with one of its sets of weights (the first where none is named).

    Raises NotFoundError for a score or a set of weights that is not among `WEIGHTS`.
    """
    if name not in WEIGHTS:
        raise NotFoundError(f"There is no score {name!r}.", cure=f"There are {_said(WEIGHTS)}.")
    chosen = WEIGHTS[name][0] if weights is None else weights
    if chosen not in WEIGHTS[name]:
        raise NotFoundError(
            f"The {name} score has no weights {chosen!r}.", cure=f"It has {_said(WEIGHTS[name])}."
        )
    text = files("joinedup.population.scores").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    lines = text.splitlines()
    title, *sources = [line.removeprefix("# ") for line in lines if line.startswith("#")]
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    conditions = tuple(
        Condition(
            key=row["condition"],
            name=row["name"],
            weight_hundredths=int(Decimal(row[chosen]) * HUNDREDTHS),
            gives_way_to=row["gives_way_to"],
            codes=tuple(row["codes"].split()),
        )
        for row in rows
    )
    return ScoreMap(name, chosen, title, tuple(sources), conditions)


def _said(names: object) -> str:
    return ", ".join(str(name) for name in names)  # type: ignore[attr-defined]
