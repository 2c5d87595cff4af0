"""The system's own secret, from which every pseudonym is made."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

from joinedup.safeguards.pseudonyms import Key
from joinedup.terms import NotFoundError, SettingError

_KEY_BYTES = 32  # as long as the SHA-256 that it keys (RFC 2104, section 3)


def read_key(path: Path) -> Key:
    """The key. SettingError where it is damaged or open to others; NotFoundError where absent."""
    try:
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except FileNotFoundError:
        raise NotFoundError(
            "the system's key is not there, and without it nobody keeps their pseudonym.",
            where=str(path),
            cure="Restore it from your backup; for a new system run 'joinedup init'.",
        ) from None
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise SettingError(
            f"the key is not {_KEY_BYTES * 2} hexadecimal digits.",
            where=str(path),
            cure="Restore it from your backup.",
        )
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingError(
            "the key can be read by other users of this machine.",
            where=str(path),
            cure=f"Run: chmod 600 '{path}'",
        )
    return Key(key)


def fingerprint(key: Key) -> str:
    """A mark by which a snapshot knows the key that it was made with; it gives nothing away."""
    return hmac.new(key.secret, b"joinedup key fingerprint", hashlib.sha256).hexdigest()[:16]
