"""Take in files on all of an engine's machines at once, before the run goes through them.

Each file is taken in by one worker with a DuckDB of its own, which writes the parts where the run
itself would. So the run finds them made; what a worker could not do, the run does, and says why.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from joinedup.actions.file_intake import RESULT, FileTask, Plans, take_in_file
from joinedup.engines import DuckDBEngine, Engine, SpreadingEngine, open_duckdb
from joinedup.partners import System
from joinedup.terms import JoinedupError

# DuckDB itself wants some 125 MB a thread; less than 500 MB runs out at once.
_LEAST_MB = 500


@contextmanager
def intake_engine(system: System, engine: Engine) -> Iterator[DuckDBEngine]:
    """The DuckDB that reads single files, whatever engine goes over all of them."""
    if isinstance(engine, DuckDBEngine):
        yield engine
    else:
        with open_duckdb(system) as own:
            yield own


def take_in_ahead(engine: Engine, tasks: Sequence[FileTask], spill: Path) -> None:
    """Let an engine of many machines take in what is not taken in yet; any other does nothing."""
    if not isinstance(engine, SpreadingEngine):
        return
    waiting = {task.folder: task for task in tasks if not (task.folder / RESULT).is_file()}
    memory_mb = max(_LEAST_MB, engine.memory_limit_mb // engine.tasks_at_once)
    engine.spread(_Worker(spill, memory_mb), list(waiting.values()))


@dataclass(frozen=True, slots=True)
class _Worker:
    """Takes in some files, on whatever machine it is sent to."""

    spill: Path
    memory_mb: int

    def __call__(self, tasks: Iterable[FileTask]) -> None:
        plans: Plans = {}
        with DuckDBEngine(spill=self.spill, memory_limit_mb=self.memory_mb, threads=1) as own:
            for task in tasks:
                # The run tries again what fails here, and says what is wrong with it.
                with contextlib.suppress(JoinedupError, OSError):
                    take_in_file(own, replace(task, plans=plans))
