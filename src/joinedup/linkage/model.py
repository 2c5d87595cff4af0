"""The linkage model as data: for each way that a field may agree, how often it does.

`m` is the probability of that agreement between two records of one person, `u` between records of
two people; log2(m / u) is the level's weight in bits. Source: Fellegi and Sunter (1969), A theory
for record linkage, doi:10.1080/01621459.1969.10501049.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from joinedup.terms import SettingError

SHIPPED = "model.json"
_CURE = "Run 'joinedup linkage train' to make a new one, or delete the file to use the shipped one."


@dataclass(frozen=True, slots=True)
class Level:
    """One way that a field may agree."""

    name: str
    m: float
    u: float

    @property
    def bits(self) -> float:
        """Weight of the level, before any adjustment for rare names."""
        return math.log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """One compared field, its levels from the closest agreement to none."""

    field: str
    levels: tuple[Level, ...]

    def level(self, name: str) -> Level:
        """The level of that name; KeyError where there is none."""
        for level in self.levels:
            if level.name == name:
                return level
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Model:
    """All weights, and in words what they were trained on."""

    trained_on: str
    fields: tuple[FieldWeights, ...]

    def field(self, name: str) -> FieldWeights:
        """The weights of one field; KeyError where the model has none."""
        for one in self.fields:
            if one.field == name:
                return one
        raise KeyError(name)


def shipped() -> Model:
    """The model that comes with Joinedup."""
    text = files("joinedup.linkage").joinpath(SHIPPED).read_text(encoding="utf-8")
    return _parse(text, SHIPPED)


def read(path: Path) -> Model:
    """A system's own model, as `write` left it."""
    return _parse(path.read_text(encoding="utf-8", errors="replace"), str(path))


def write(model: Model, path: Path) -> None:
    """Write a model as JSON that people can read and compare."""
    content = {
        "trained_on": model.trained_on,
        "fields": {
            one.field: {level.name: [level.m, level.u] for level in one.levels}
            for one in model.fields
        },
    }
    text = json.dumps(content, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


# The last two: JSON nested without end, and a number that no computer holds.
_NO_MODEL: Final = (
    ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError,
)  # fmt: skip


def _parse(text: str, where: str) -> Model:
    try:
        content: Any = json.loads(text)
        fields = tuple(
            FieldWeights(
                field, tuple(_level(name, float(m), float(u)) for name, (m, u) in levels.items())
            )
            for field, levels in content["fields"].items()
        )
        return Model(str(content["trained_on"]), fields)
    except _NO_MODEL as error:
        raise SettingError("this is not a linkage model.", where=where, cure=_CURE) from error


def _level(name: str, m: float, u: float) -> Level:
    if not (0 <= m <= 1 and 0 <= u <= 1):
        raise ValueError(name)  # nor is "not a number"
    return Level(name, m, u)
