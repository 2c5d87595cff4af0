"""Paths as DuckDB reads them."""

from __future__ import annotations

import re
from pathlib import Path


def read_path(path: Path) -> str:
    """A path to be read, as itself alone: `*`, `?` and `[` in it stand for no other files.

    Not for writing, where DuckDB takes a path as it is.
    """
    return re.sub(r"[*?\[]", r"[\g<0>]", str(path))
