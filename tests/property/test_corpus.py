"""What fuzzing found worth keeping is read as it should be: see tests/fuzz/README.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_kept_is_read_or_told(name: str) -> None:
    inputs = (CORPUS / f"{name}.hex").read_text(encoding="ascii").split()
    assert len(inputs) >= 20
    for one in inputs:
        try:
            TARGETS[name](bytes.fromhex(one))
        except Exception as error:
            raise AssertionError(f"{name} on {one}") from error


def test_the_corpus_stays_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.iterdir()) <= 200_000
