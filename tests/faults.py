"""Run the command in a process that is killed, refused or misled at a chosen moment.

Processes are forked from one that has the package loaded, so that hundreds of runs take minutes.
"""

from __future__ import annotations

import atexit
import contextlib
import datetime
import functools
import gzip
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from joinedup import tables
from joinedup.actions.open_system import open_system
from joinedup.engines import Lake
from tests.systems import Done, make_system

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["joinedup.cli", "joinedup.cli.run", "joinedup.actions.run"])
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# Feeds of each form that intake knows: plain, gzip, Parquet, with events, codes and identities.
SMALL = ("gp_registrations", "gp_prescriptions", "emergency", "deaths")


@dataclass(frozen=True)
class Fault:
    """What befalls a run: at the `at`-th change that it makes to a file system below its folder,
    counted from the first whose path ends with `after`, it is killed or refused with a number.
    """

    at: int = 0
    after: str = ""
    number: int = 0
    clock_seconds: float = 0.0
    file_limit_bytes: int = 0


@dataclass(frozen=True)
class Meddling:
    """Somebody else changes a file of that name just as it is opened to be read the `at`-th time:
    it is "replaced", "appended", "cut" or "removed".
    """

    name: str
    at: int
    how: str


NONE = Fault()
# What is said where a fault did befall a run that was not killed by it.
BEFELL = "[the fault befell]"


def small_system(folder: Path) -> Path:
    """A system of 500 people and few feeds after its first run, made once for all tests."""
    return shutil.copytree(_made(), folder)


@functools.cache
def _made() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="joinedup-")
    atexit.register(folder.cleanup)
    system = make_system(Path(folder.name) / "system", 500, seed=5)
    for path in (system / "inbox").rglob("*"):
        if path.is_file() and not path.name.startswith(SMALL):
            path.unlink()
    settings = system / "system.toml"
    text = settings.read_text(encoding="utf-8").replace("keep_snapshots = 5", "keep_snapshots = 2")
    settings.write_text(text, encoding="utf-8")
    healed(system)
    return system


def start(
    system: Path,
    fault: Fault = NONE,
    *,
    words: Sequence[object] = ("run",),
    meddling: Meddling | None = None,
    said: Path | None = None,
) -> ForkServerProcess:
    """Begin a verb on a system under a fault; what it says goes to files beginning with `said`.

    `words`: the verb, with what comes after the system's folder beyond it.
    """
    verb = 2 if words[0] == "snapshot" else 1
    words = [*map(str, (*words[:verb], system, *words[verb:])), "--json"]
    process = _FORKS.Process(target=_command, args=(words, str(system), fault, meddling, said))
    process.start()
    return process


def run(
    system: Path,
    fault: Fault = NONE,
    *,
    words: Sequence[object] = ("run",),
    meddling: Meddling | None = None,
) -> Done:
    """A verb on a system under a fault, to its end; a killed one has a negative code."""
    said = system.with_name(f"{system.name}-said")
    process = start(system, fault, words=words, meddling=meddling, said=said)
    process.join()
    out, err = (
        Path(f"{said}.{name}").read_text(encoding="utf-8", errors="replace")
        for name in ("out", "err")
    )
    assert process.exitcode is not None
    assert "Traceback" not in err, err
    return Done(process.exitcode, out, err)


def healed(system: Path) -> Any:
    """Run without a fault: it ends well, serves what it made and leaves nothing over."""
    done = run(system)
    assert done.code in (0, 3), done.out + done.err
    assert serving(system) == done.json["snapshot"]
    left = leftovers(system)
    assert left == [], left
    return done.json


def refused(done: Done) -> dict[str, str]:
    """The words of a run that ended with an error: what, where and a cure, all three."""
    assert done.code == 1, (done.code, done.out, done.err)
    words: dict[str, str] = json.loads(done.out)
    assert set(words) == {"error", "where", "cure"}
    assert words["error"] and words["cure"], words
    return words


def serving(system: Path) -> str:
    """The id of the serving snapshot, once every table of it was read to the last row."""
    with open_system(system, "data_quality") as opened:
        made = opened.snapshot.manifest["tables"]
        for declared in tables.PROMISED:
            rows = opened.table(declared.name).count().to_pyarrow().as_py()
            assert rows == made[declared.name]["rows"], declared.name
        return opened.snapshot.id


def content(system: Path) -> dict[str, list[str]]:
    """Every row of every table as text, in order, but for what names the run that made it."""
    found = {}
    with open_system(system, "data_quality") as opened:
        for declared in tables.PROMISED:
            table = opened.table(declared.name)
            kept = [name for name in table.columns if name != "run"]
            rows = table.select(*kept).to_pyarrow().to_pylist()
            found[declared.name] = sorted(map(str, rows))
    return found


def leftovers(system: Path) -> list[str]:
    """What a run should have cleared away: what is half made, spilled, or half dropped."""
    half = (".part", ".parting", ".tmp")
    found = [
        str(path.relative_to(system))
        for zone in ("lake", "identified", "report")
        for path in sorted((system / zone).rglob("*"))
        if path.name.endswith(half) or path.parent.name == "spill" or path.parent.name == "work"
    ]
    lake = Lake(system / "lake", system / "identified")
    apart = {path.name for path in (system / "identified" / "snapshots").iterdir()}
    return found + sorted(apart ^ set(lake.ids()))


def change_something(system: Path, n: int) -> None:
    """Give the run something to do: a unit cost, by turns also a feed or a file anew."""
    (system / "agreements").mkdir(exist_ok=True)
    (system / "agreements" / "unit_costs.toml").write_text(
        '[[unit_costs]]\nsetting = "emergency"\nkind = "attendance"\n'
        f'cost_pence = {1000 + n}\nyear = "2024/25"\nsource = "made up for this test"\n',
        encoding="utf-8",
    )
    if n % 3 == 0:
        feed = system / "feeds" / "ons-deaths.toml"
        feed.write_text(feed.read_text(encoding="utf-8") + f"# touched {n}\n", encoding="utf-8")
    if n % 4 == 0:
        correct_emergency(system, n)


def correct_emergency(system: Path, n: int) -> Path:
    """A day's correction of a few attendances; the one before it goes."""
    inbox = system / "inbox" / "RZ1"
    for earlier in inbox.glob("emergency_20260402*"):
        earlier.unlink()
    with gzip.open(inbox / "emergency_20260401.csv.gz", "rt", encoding="utf-8") as file:
        lines = [next(file) for _ in range(5 + n % 7)]  # the header, and attendances
    path = inbox / f"emergency_20260402_{n}.csv"
    path.write_text("".join(lines), encoding="utf-8")
    return path


@contextlib.contextmanager
def mounted(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """A file system of that size in memory; skips aloud where mounting is not allowed."""
    folder.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        os.system(f"umount '{folder}'")


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder as a disk that cannot be written to; skips aloud where that is not allowed."""
    _mount("--bind", str(folder), str(folder))
    try:
        _mount("-o", "remount,ro,bind", str(folder))
        yield
    finally:
        os.system(f"umount '{folder}'")


def _mount(*words: str) -> None:
    done = shutil.which("mount") and os.spawnlp(os.P_WAIT, "mount", "mount", *words)
    if done != 0:
        pytest.skip("needs the right to mount a file system (root on Linux)")


def _command(
    words: list[str], folder: str, fault: Fault, meddling: Meddling | None, said: Path | None
) -> None:
    """In the forked process: befall it, and run the command as a user would."""
    for number, name in ((1, "out"), (2, "err")):
        path = os.devnull if said is None else f"{said}.{name}"
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    if fault.clock_seconds:
        _shift_clock(fault.clock_seconds)
    if fault.file_limit_bytes:
        _limit_files(fault.file_limit_bytes)
    if fault.at:
        _befall(folder, fault)
    if meddling:
        _meddle(meddling)
    from joinedup.cli import main

    main(words)


def _befall(folder: str, fault: Fault) -> None:
    counted, begun = 0, not fault.after

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal counted, begun
        path = _changed(event, args, folder)
        if path is None:
            return
        begun = begun or (event == "open" and path.endswith(fault.after))
        counted += begun
        if counted != fault.at:
            return
        if fault.number:
            counted += 1  # refused once, then the way is free
            os.write(2, BEFELL.encode())
            raise OSError(fault.number, os.strerror(fault.number), path)
        os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _meddle(with_it: Meddling) -> None:
    opened = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal opened
        if event != "open" or not str(args[0]).endswith(with_it.name):
            return
        opened += 1
        if opened == with_it.at:
            _CHANGED[with_it.how](Path(os.fsdecode(args[0])))

    sys.addaudithook(hook)


def _replace(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    other = path.with_name(".other")
    other.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    other.replace(path)


def _append(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(lines[-1].replace("2", "3", 1))


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


_CHANGED: dict[str, Callable[[Path], None]] = {
    "replaced": _replace,
    "appended": _append,
    "cut": _cut,
    "removed": Path.unlink,
}


def _changed(event: str, args: tuple[Any, ...], folder: str) -> str | None:
    """What an event of Python's changes below the folder; None where nothing."""
    if event == "open":
        if not isinstance(args[2], int) or not args[2] & _WRITES:
            return None
    elif event not in _CHANGES:
        return None
    path = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes, os.PathLike)) else ""
    # A folder's removal names its files by the open folder and their bare names.
    return path if path.startswith(folder + os.sep) or not path.startswith("/") else None


def _limit_files(most: int) -> None:
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def _shift_clock(seconds: float) -> None:
    """Every clock that the package reads by name runs ahead, or behind, by so many seconds."""
    real_time, real_ns = time.time, time.time_ns
    time.time = lambda: real_time() + seconds
    time.time_ns = lambda: real_ns() + int(seconds * 1e9)

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Shifted:
            return cls.fromtimestamp(real_time() + seconds, tz)

    for name, module in list(sys.modules.items()):
        if name.startswith("joinedup.") and getattr(module, "datetime", None) is datetime.datetime:
            module.datetime = Shifted  # type: ignore[attr-defined]
