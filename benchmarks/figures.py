"""One measured figure, and how a benchmark hands its figures to the run that compares them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

# Where `python -m benchmarks` asks a benchmark to leave its figures; alone, it only prints them.
FILE_VARIABLE = "JOINEDUP_FIGURES"
# Units in which less is better, and those (shares of what is right) in which more is.
LESS = ("seconds", "cpu_seconds", "ms", "mb", "bytes")
MORE = ("share",)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: `name` says what and of what size, `unit` is one of LESS and MORE."""

    name: str
    unit: str
    value: float

    @property
    def key(self) -> str:
        """What the same figure is called in another run."""
        return f"{self.name} [{self.unit}]"


def note(name: str, measured: Mapping[str, float | None]) -> None:
    """Leave figures, by unit, for the run that compares; a unit without a value is left out."""
    path = os.environ.get(FILE_VARIABLE)
    if not path:
        return
    with Path(path).open("a", encoding="utf-8") as file:
        for unit, value in measured.items():
            if value is not None:
                file.write(json.dumps(asdict(Figure(name, unit, float(value)))) + "\n")


def noted(path: Path) -> list[Figure]:
    """What was left there."""
    if not path.is_file():
        return []
    return [Figure(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
