"""What one linkage leaves for the next: a folder of Parquet files, as secret as identities.

It holds what took long to make and what changes with few records. A folder that another engine,
version or model made is no use, and everybody is linked anew.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import ibis.expr.types as ir

from joinedup.engines import Engine
from joinedup.linkage import calibration as calibrations
from joinedup.linkage.calibration import Calibration
from joinedup.linkage.layers import Layers, read_layers, write_layers, write_whole
from joinedup.linkage.model import Model
from joinedup.linkage.profiles import Profiles

# The file of counts within a state folder.
CALIBRATION = "calibration.parquet"
_MADE_BY = "made_by.json"
_PROFILES, _ROWS, _PATIENTS = "profiles", "rows", "patients"
_OUTCOMES, _SCORED = "outcomes.parquet", "scored.parquet"


@dataclass(frozen=True, slots=True)
class Known:
    """Who says what, and whose number is verified; see `Profiles`.

    `patients` has patient, partner, record_id, and number and is_contested, null where no number
    is verified. The keys of `rows` and `patients` are patients, of `profiles` profiles.
    """

    profiles: Layers
    rows: Layers
    patients: Layers

    @property
    def found(self) -> Profiles:
        """All of it, as the full route has it."""
        return Profiles(self.profiles.now, self.rows.now, self.patients.now)


@dataclass(frozen=True, slots=True)
class State:
    """`known`; the `outcomes` and the pairs `scored` of the linkage; and its calibration."""

    known: Known
    outcomes: ir.Table
    scored: ir.Table
    calibration: Calibration


def made_by(engine: Engine, model: Model) -> str:
    """Names all that the contents of a state depend on, besides the identities."""
    parts = [engine.name, str(engine.connection.version), repr(model), _code()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read_state(engine: Engine, folder: Path, *, by: str) -> State | None:
    """The state that a linkage left; None where it is not there, or not `made_by` the same."""
    try:
        told = json.loads((folder / _MADE_BY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    calibration = calibrations.read(engine, folder / CALIBRATION)
    if told != by or calibration is None:
        return None
    known = Known(
        read_layers(engine, folder / _PROFILES, "profile"),
        read_layers(engine, folder / _ROWS, "patient"),
        read_layers(engine, folder / _PATIENTS, "patient"),
    )
    outcomes, scored = (engine.read_parquet(folder / name) for name in (_OUTCOMES, _SCORED))
    return State(known, outcomes, scored, calibration)


def write_state(engine: Engine, state: State, folder: Path, *, by: str, whole: bool) -> None:
    """Leave what changed of a state that was read, and link what did not; or all of it anew."""
    known = state.known
    for layers, name in (
        (known.profiles, _PROFILES), (known.rows, _ROWS), (known.patients, _PATIENTS),
    ):  # fmt: skip
        if whole:
            write_whole(engine, layers.now, folder / name)
        else:
            write_layers(engine, layers, folder / name)
    _write_rest(engine, state.outcomes, state.scored, state.calibration, folder, by=by)


def write_first(
    engine: Engine,
    found: Profiles,
    by_number: ir.Table,
    outcomes: ir.Table,
    scored: ir.Table,
    calibration: Calibration,
    folder: Path,
    *,
    by: str,
) -> None:
    """Leave the state of a linkage of everybody."""
    patients = found.patients.left_join(by_number, "patient").drop("patient_right")
    write_whole(engine, found.profiles, folder / _PROFILES)
    write_whole(engine, found.rows, folder / _ROWS)
    write_whole(engine, patients, folder / _PATIENTS)
    _write_rest(engine, outcomes, scored, calibration, folder, by=by)


def _write_rest(
    engine: Engine,
    outcomes: ir.Table,
    scored: ir.Table,
    calibration: Calibration,
    folder: Path,
    *,
    by: str,
) -> None:
    engine.write_parquet(outcomes, folder / _OUTCOMES)
    engine.write_parquet(scored, folder / _SCORED)
    calibrations.write(engine, calibration, folder / CALIBRATION)
    # Last, so that a folder half written is no state.
    (folder / _MADE_BY).write_text(json.dumps(by), encoding="utf-8", newline="\n")


@cache
def _code() -> str:
    """A hash of the code that decides what is in a state."""
    digest = hashlib.sha256()
    for package in ("joinedup.linkage", "joinedup.terms"):
        for file in sorted(files(package).iterdir(), key=lambda one: one.name):
            if file.name.endswith((".py", ".csv", ".json")):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
