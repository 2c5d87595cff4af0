"""The record of looks: who opened what, why and when, one line each, only ever added to."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

from joinedup.safeguards.purpose import Purpose


def record_look(log: Path, *, purpose: Purpose, what: str, person_id: str = "") -> None:
    """Add one line to the record of looks. A look that cannot be recorded does not happen."""
    log.parent.mkdir(parents=True, exist_ok=True)
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "user": account_name(),
        "purpose": purpose.value,
        "what": what,
        "person_id": person_id,
    }
    with log.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(line) + "\n")


def account_name() -> str:
    """Who runs this process, as the machine knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account name, as in some containers
        return "unknown"
