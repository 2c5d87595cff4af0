"""The public way in: an invented system's people and their lives, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from joinedup.synthetic.interface import Chunk, World
from joinedup.synthetic.residents import make_people
from joinedup.synthetic.use import draw_use
from joinedup.synthetic.world import prepare

if TYPE_CHECKING:
    from joinedup.partners.pack import AreaPack


def draw_chunk(world: World, number: int) -> Chunk:
    """One chunk, the same whoever draws it and whatever was drawn before."""
    residents, moves, onsets, lives = make_people(world, number)
    use = draw_use(world, number, residents, onsets, lives)
    return Chunk(number=number, residents=residents, moves=moves, onsets=onsets, use=use)


def generate(pack: AreaPack, people: int, seed: int) -> Iterator[Chunk]:
    """All chunks in turn. To draw them in several processes, `prepare` and then `draw_chunk`."""
    world = prepare(pack, people, seed)
    for number in range(world.chunks):
        yield draw_chunk(world, number)
