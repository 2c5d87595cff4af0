"""Joinedup: the open operating system of an integrated care system.

import joinedup
system = joinedup.open("my-system", purpose="population_health")
system.events.group_by("setting").count()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinedup._version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from joinedup.actions.open_system import OpenSystem

__all__ = ["__version__", "open"]


def open(folder: str | Path, purpose: str = "population_health") -> OpenSystem:
    """Open a system's serving snapshot: its footprints and tables as Ibis expressions."""
    from joinedup.actions.open_system import open_system  # imported late: the engine is heavy

    return open_system(folder, purpose)
