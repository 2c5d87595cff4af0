"""A realistic invented system, from an area pack: people, their lives and their use of care."""

from joinedup.synthetic.interface import Chunk, Coded, Moves, Onsets, Residents, Use, World

__all__ = ["Chunk", "Coded", "Moves", "Onsets", "Residents", "Use", "World"]
