"""Fill a system's inbox with what its partners would send about an invented population."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.actions.steps import Tell
from joinedup.partners import Partner, System, read_pack, read_partners, read_system
from joinedup.synthetic.damage_files import damage_files
from joinedup.synthetic.extracts import Assembly, ChunkFiles, Senders, write_chunk_files
from joinedup.synthetic.interface import World
from joinedup.synthetic.lives import draw_chunk
from joinedup.synthetic.world import prepare
from joinedup.terms import SettingError

Done = Callable[[int, int], None]

_ASIDE: Final = ".part"
_FEWEST: Final = 500  # fewer people than this leave some partner without a patient
_AHEAD: Final = 2  # chunks drawn by each process before the first must be put away


@dataclass(frozen=True, slots=True)
class Invented:
    """What was written: rows by feed (side files apart), files and bytes in the inbox."""

    folder: str
    people: int
    seed: int
    rows: Mapping[str, int]
    files: int
    bytes: int
    truth: str
    seconds: float


def synth(
    folder: Path,
    *,
    people: int,
    seed: int,
    replace: bool = False,
    processes: int | None = None,
    tell: Tell = lambda _: None,
    done: Done = lambda people, of: None,
) -> Invented:
    """Invent `people` and write their partners' files; the same seed gives the same bytes.

    Files are written aside and put in place at the end, so that a run never meets half of them.
    """
    began = time.perf_counter()
    system = read_system(folder)
    _refuse(system, people, replace)
    pack = read_pack(system.area)
    tell(f"planning {people:,} people from {pack.name}'s own margins")
    world = prepare(pack, people, seed)
    senders = _senders(system, read_partners(system), world)
    inbox, truth, reference = (_aside(system, name) for name in ("inbox", "truth", "reference"))
    tell(f"drawing {world.chunks} chunks of people and three years of use")
    with Assembly(inbox, truth / "truth.parquet") as assembly:
        for chunk in _chunk_files(world, senders, truth, processes):
            assembly.add(chunk)
            done(assembly.people, people)
    tell("adding what arrives damaged, late or twice")
    damage = [asdict(one) for one in damage_files(inbox, world, senders)]
    _write_json(truth / "damage.json", {"rows": assembly.faults, "files": damage})
    shutil.rmtree(truth / "chunks")
    vintage = pa.array(np.full(world.postcodes.num_rows, pack.lsoa_vintage))
    pq.write_table(
        world.postcodes.append_column("lsoa_vintage", vintage), reference / "postcodes.parquet"
    )
    # The inbox last: while it is the old one, so is everything that a run reads.
    for aside in (truth, reference, inbox):
        _put_in_place(aside)
    sizes = [path.stat().st_size for path in system.inbox.rglob("*") if path.is_file()]
    return Invented(
        folder=system.path.as_posix(),
        people=assembly.people,
        seed=seed,
        rows=assembly.rows,
        files=len(sizes),
        bytes=sum(sizes),
        truth=(system.truth / "truth.parquet").as_posix(),
        seconds=round(time.perf_counter() - began, 1),
    )


def _refuse(system: System, people: int, replace: bool) -> None:
    if people < _FEWEST:
        raise SettingError(
            f"{people:,} people are too few to make a system of.",
            cure=f"Ask for {_FEWEST} or more.",
        )
    held = any(path.is_file() for path in system.inbox.rglob("*"))
    if held and not replace:
        raise SettingError(
            "the inbox is not empty.",
            where=str(system.inbox),
            cure="Use another folder, or --replace to throw these files away.",
        )
    if held and not system.truth.is_dir():
        raise SettingError(
            "the inbox holds extracts that were not invented here.",
            where=str(system.inbox),
            cure="Use another folder; real extracts are never thrown away.",
        )


def _senders(system: System, partners: tuple[Partner, ...], world: World) -> Senders:
    """Who sends: partners of the system that are open on the last day and have something to."""
    today = date.fromisoformat(str(world.today.astype("datetime64[D]")))
    open_now = [partner for partner in partners if partner.is_open(today)]

    def codes(kinds: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(p.code for p in open_now if p.kind in kinds and p.code in known)

    def first(kind: str) -> str:
        return next((partner.code for partner in open_now if partner.kind == kind), "")

    trusts = ("acute_trust", "community_trust", "mental_health_trust")
    return Senders(
        general_practice=next((p.code for p in open_now if p.code == system.ods_code), ""),
        acute=codes(("acute_trust",), world.acute),
        community=codes(trusts, world.community),
        mental_health=codes(trusts, world.mental_health),
        ambulance=codes(("ambulance_trust",), world.ambulance),
        councils=codes(("council",), world.councils),
        registrar=first("registrar"),
        charity=first("charity"),
    )


def _chunk_files(
    world: World, senders: Senders, folder: Path, processes: int | None
) -> Iterator[ChunkFiles]:
    """All chunks' parts in order; how many processes draw them changes no byte."""
    parts = folder / "chunks"
    parts.mkdir()
    workers = min(processes or os.cpu_count() or 1, world.chunks)
    if workers == 1:
        for number in range(world.chunks):
            yield _one_chunk(world, senders, number, parts)
        return
    # Spawned, as on Windows: a forked process would inherit Arrow's threads half alive.
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[ChunkFiles]] = deque()
    try:
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            for number in range(world.chunks):
                waiting.append(pool.submit(_one_chunk, world, senders, number, parts))
                if len(waiting) >= workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise SettingError(
            "a process that draws people was stopped by the machine.",
            cure="It may lack memory (some 500 MB each): try --processes 1.",
        ) from error


def _one_chunk(world: World, senders: Senders, number: int, parts: Path) -> ChunkFiles:
    return write_chunk_files(draw_chunk(world, number), world, senders, parts / f"{number:05d}")


def _aside(system: System, name: str) -> Path:
    """An empty folder beside the one it will replace, with the inbox's folders in it."""
    aside = system.path / f"{name}{_ASIDE}"
    if aside.exists():
        shutil.rmtree(aside)
    aside.mkdir()
    if name == "inbox" and system.inbox.is_dir():
        for folder in system.inbox.iterdir():
            if folder.is_dir():
                (aside / folder.name).mkdir()
    return aside


def _put_in_place(aside: Path) -> None:
    place = aside.with_name(aside.name.removesuffix(_ASIDE))
    if place.exists():
        shutil.rmtree(place)
    aside.rename(place)


def _write_json(path: Path, value: Mapping[str, object]) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8", newline="")
