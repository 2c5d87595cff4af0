"""The system's key is there, whole, and nobody else's to read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from joinedup.actions.keys import fingerprint, read_key
from joinedup.safeguards.pseudonyms import Key
from joinedup.terms import NotFoundError, SettingError


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_good_key_is_read(tmp_path: Path) -> None:
    assert read_key(written(tmp_path / "key", "ab" * 32 + "\n")) == Key(bytes([0xAB] * 32))


def test_without_its_key_a_system_does_not_run(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="key is not there"):
        read_key(tmp_path / "key")


@pytest.mark.parametrize("text", ["", "ab" * 31, "zz" * 32, "ab" * 33])
def test_a_damaged_key_is_refused_and_never_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_key(written(tmp_path / "key", text))
    assert not text or text not in str(refused.value)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_key_that_others_may_read_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as refused:
        read_key(written(tmp_path / "key", "ab" * 32, 0o644))
    assert "chmod 600" in refused.value.cure


def test_the_fingerprint_tells_keys_apart_and_is_not_the_key() -> None:
    one, other = Key(bytes([1] * 32)), Key(bytes([2] * 32))
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) not in one.secret.hex()
