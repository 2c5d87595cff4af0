"""Who sends what in one invented system."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Senders:
    """ODS codes of the partners that send files; an empty text or tuple where there is none."""

    general_practice: str  # the system's own collection from its practices
    acute: tuple[str, ...] = ()
    community: tuple[str, ...] = ()
    mental_health: tuple[str, ...] = ()
    ambulance: tuple[str, ...] = ()
    councils: tuple[str, ...] = ()
    registrar: str = ""
    charity: str = ""
