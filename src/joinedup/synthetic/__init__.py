"""A realistic invented system, from an area pack: people, their lives and their use of care."""

from joinedup.synthetic.interface import Chunk, Coded, Moves, Onsets, Residents, Use, World
from joinedup.synthetic.lives import draw_chunk, generate
from joinedup.synthetic.world import prepare

__all__ = [
    "Chunk",
    "Coded",
    "Moves",
    "Onsets",
    "Residents",
    "Use",
    "World",
    "draw_chunk",
    "generate",
    "prepare",
]
