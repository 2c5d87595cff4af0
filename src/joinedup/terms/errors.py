"""Errors that a user can act on: what is wrong, where, and what to do next.

No message ever carries a patient's value. Subclasses are by what the reader must do.
"""

from __future__ import annotations


class JoinedupError(Exception):
    """The root of every error that Joinedup raises on purpose."""

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        cure = f" {self.cure}" if self.cure else ""
        return f"{where}{self.what}{cure}"


class SettingError(JoinedupError, ValueError):
    """A TOML setting is wrong: mend the file at the named key."""


class SourceDataError(JoinedupError, ValueError):
    """A partner's file or an area pack cannot be used as it is: ask for another, or mend it."""


class NotFoundError(JoinedupError, LookupError):
    """What was asked for is not there: check the name or path."""


class SnapshotError(JoinedupError, RuntimeError):
    """The lake is not in a state to do this: the message says how to make it so."""


class StorageError(JoinedupError, OSError):
    """A disk is full, read-only or failing: make room or rights, then do the same again."""


class DisclosureError(JoinedupError, PermissionError):
    """Something would have shown what must not be shown; nothing was written."""


class SnapshotWarning(UserWarning):
    """An earlier snapshot is read than the one that should serve, which is damaged."""
