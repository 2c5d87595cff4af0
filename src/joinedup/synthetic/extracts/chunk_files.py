"""Everything that all partners send about one chunk of people."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from joinedup.synthetic.damage_rows import spoil
from joinedup.synthetic.extracts.care_services import care_services
from joinedup.synthetic.extracts.extract import Extract
from joinedup.synthetic.extracts.general_practice import general_practice
from joinedup.synthetic.extracts.hospital import hospital
from joinedup.synthetic.extracts.other_partners import ambulance, charity, deaths, social_care
from joinedup.synthetic.extracts.parts import Part, write_parts
from joinedup.synthetic.extracts.patients import Patients
from joinedup.synthetic.extracts.senders import Senders
from joinedup.synthetic.extracts.truth import index_truth, practice_truth
from joinedup.synthetic.interface import Chunk, World

_Sends = Callable[[Chunk, World, str, np.random.Generator], tuple[Patients, Iterator[Extract]]]


@dataclass(frozen=True, slots=True)
class ChunkFiles:
    """What one chunk added: its parts, its truth, and the faults put into its rows, by feed."""

    number: int
    people: int
    parts: tuple[Part, ...]
    truth: Path
    faults: Mapping[str, Mapping[str, int]]


def write_chunk_files(chunk: Chunk, world: World, senders: Senders, folder: Path) -> ChunkFiles:
    """Write one chunk's parts below `folder`; the same chunk always gives the same bytes."""
    parts: list[Part] = []
    faults: dict[str, dict[str, int]] = {}
    truths: list[pa.Table] = []

    def send(extracts: Iterable[Extract]) -> list[Extract]:
        sent = []
        for extract in extracts:
            random = _random(world, chunk, f"{extract.partner}/{extract.feed}")
            spoilt = spoil(extract.feed, extract.table, int(chunk.number == 0), random)
            counted = faults.setdefault(extract.feed, {})
            for fault, rows in spoilt.counts.items():
                counted[fault] = counted.get(fault, 0) + rows
            full = replace(extract, table=spoilt.table)
            parts.extend(write_parts(full, world, chunk.number, folder, random))
            # Only who was written about is still needed: let go of the rows.
            sent.append(replace(extract, table=pa.table({}), day=extract.day[:0], later=()))
        return sent

    if senders.general_practice:
        partner = senders.general_practice
        random = _random(world, chunk, partner)
        used = send(general_practice(chunk, world, partner, random))
        truths.append(practice_truth(chunk, world, partner, used))
    for partner, sends in _others(senders):
        index, extracts = sends(chunk, world, partner, _random(world, chunk, partner))
        truths.append(index_truth(chunk, world, partner, index, send(extracts)))
    truth = folder / f"truth_{chunk.number:05d}.parquet"
    pq.write_table(pa.concat_tables(truths), truth, compression="zstd")
    return ChunkFiles(chunk.number, len(chunk.residents.person), tuple(parts), truth, faults)


def _others(senders: Senders) -> Iterator[tuple[str, _Sends]]:
    for code in senders.acute:
        yield code, hospital
    for code in sorted({*senders.community, *senders.mental_health}):
        yield code, care_services
    for code in senders.ambulance:
        yield code, ambulance
    for code in senders.councils:
        yield code, social_care
    if senders.registrar:
        yield senders.registrar, deaths
    if senders.charity:
        yield senders.charity, charity


def _random(world: World, chunk: Chunk, what: str) -> np.random.Generator:
    """A stream of its own for everything, so that nothing depends on the order of work."""
    return np.random.default_rng([world.seed, chunk.number, zlib.crc32(what.encode())])
