"""Words that everything else is built from: errors, NHS number, dates, money, code systems."""

from joinedup.terms.errors import (
    DisclosureError,
    JoinedupError,
    NotFoundError,
    SettingError,
    SnapshotError,
    SnapshotWarning,
    SourceDataError,
    StorageError,
)

__all__ = [
    "DisclosureError",
    "JoinedupError",
    "NotFoundError",
    "SettingError",
    "SnapshotError",
    "SnapshotWarning",
    "SourceDataError",
    "StorageError",
]
