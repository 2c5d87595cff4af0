"""Where the open reference data lies, and how a test that needs it skips aloud without it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the open reference data is not beside the repository"
)
