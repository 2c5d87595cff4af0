"""The trained risk models of a system: one an outcome, with its card and whether it may be used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from joinedup.engines import storage_faults
from joinedup.partners import System
from joinedup.population.risk import (
    EMERGENCY_ADMISSION,
    RISING_NEED,
    Contact,
    Model,
    Study,
    card_markdown,
    model_card,
    read_model,
    write_model,
)
from joinedup.terms import NotFoundError

# A slope outside is a quarter too bold or too timid, by odds: risks would mislead who reads them.
SLOPE_LIMITS: Final = (0.8, 1.25)
OUTCOMES: Final[dict[str, Contact | str]] = {
    "emergency_admission": EMERGENCY_ADMISSION,
    RISING_NEED: RISING_NEED,
}
_FOLDER: Final = "risk_models"


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model as it lies in the system's folder; `faults` say why it should not be used."""

    model: Model
    faults: tuple[str, ...]


def faults_of(study: Study) -> tuple[str, ...]:
    """Why a model should not be used, in words; nothing where it may be."""
    found = []
    slope, (low, high) = study.assessment.slope, SLOPE_LIMITS
    if slope is None:
        found.append("the people of the test cannot tell its calibration slope")
    elif not low <= slope.value <= high:
        found.append(f"its calibration slope is {slope.value:.2f}, outside {low} to {high}")
    own, plain = study.assessment.c_statistic.value, study.of_baseline.c_statistic.value
    if own <= plain:
        found.append(
            f"its c-statistic of {own:.3f} is no better than the {plain:.3f} of age, sex and "
            "conditions alone"
        )
    return tuple(found)


def keep_model(system: System, outcome: str, study: Study) -> tuple[Path, Path]:
    """Write model, card and verdict in place of those before; return the first two's paths.

    Each is written aside and renamed, the model last: a verdict of another model is not believed.
    """
    folder = system.path / _FOLDER
    model_file, card_file = folder / f"{outcome}.json", folder / f"{outcome}.md"
    faults = faults_of(study)
    limits = tuple(f"It should not be used: {fault}." for fault in faults)
    verdict = {"version": study.model.version, "faults": faults}
    with storage_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write(card_file, card_markdown(model_card(study, more_limits=limits)))
        _write(_verdict_file(model_file), json.dumps(verdict, indent=1) + "\n")
        aside = _aside(model_file)
        write_model(study.model, aside)
        aside.replace(model_file)
    return model_file, card_file


def read_kept(system: System, outcome: str) -> KeptModel:
    """The system's model of an outcome. NotFoundError, with how to train, where there is none."""
    path = system.path / _FOLDER / f"{outcome}.json"
    if not path.exists():
        raise NotFoundError(
            f"no risk model of {outcome.replace('_', ' ')} has been trained for this system.",
            where=str(path),
            cure=f'Train one: joinedup risk train "{system.path}" --outcome {outcome}',
        )
    model = read_model(path)
    return KeptModel(model, _faults(_verdict_file(path), model))


def _faults(path: Path, model: Model) -> tuple[str, ...]:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["version"] == model.version:
            return tuple(str(one) for one in plain["faults"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # said below: a model without its verdict is one that nobody has judged
    return ("nothing says how it was judged: train it again",)


def _verdict_file(model_file: Path) -> Path:
    return model_file.with_suffix(".verdict.json")


def _write(path: Path, text: str) -> None:
    aside = _aside(path)
    aside.write_text(text, encoding="utf-8", newline="\n")
    aside.replace(path)


def _aside(path: Path) -> Path:
    return path.with_name(path.name + ".part")
