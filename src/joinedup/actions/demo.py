"""The whole main job on an invented system: a folder, its extracts, one population."""

from __future__ import annotations

from pathlib import Path

from joinedup.actions.init import init_system
from joinedup.actions.run import RunOutcome, run
from joinedup.actions.steps import Tell
from joinedup.actions.synth import synth
from joinedup.terms import SettingError

PEOPLE = 50_000
SEED = 1


def demo(folder: Path, *, people: int = PEOPLE, tell: Tell = lambda _: None) -> RunOutcome:
    """Make the invented system in the folder, unless it is there already, and run the main job."""
    if not (folder / "system.toml").is_file():
        tell("Making the folder of an invented system")
        init_system(folder)
    if not (folder / "truth").is_dir():
        if any(path.is_file() for path in (folder / "inbox").rglob("*")):
            raise SettingError(
                "the folder is a system with extracts of its own.",
                where=str(folder),
                cure="Name another folder: joinedup demo ANOTHER",
            )
        tell(f"Inventing {people:,} people and what their partners would send")
        synth(folder, people=people, seed=SEED, tell=tell)
    return run(folder, tell=tell)
