"""Pseudonyms: HMAC-SHA-256 of an identifier, worked out inside the engine.

HMAC(K, m) = H((K' xor opad) || H((K' xor ipad) || m)), with H = SHA-256 of FIPS 180-4 and blocks of
64 bytes. Source: RFC 2104, https://www.rfc-editor.org/rfc/rfc2104. Without the key nobody can make
a pseudonym from an identifier, or try all NHS numbers until one fits.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from joinedup.terms import SettingError

_BLOCK_BYTES = 64
_SHORTEST_KEY = 16
_INNER, _OUTER = 0x36, 0x5C
# 60 bits: two of 3 million people share one once in 250,000 runs, which the linkage looks for.
_HEX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Key:
    """The secret key of one system. Its value never shows in a `repr`."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < _SHORTEST_KEY:
            raise SettingError(
                f"the key has {len(self.secret)} bytes; it needs {_SHORTEST_KEY} or more.",
                where="identified/key",
                cure="Restore it from your backup. A new key gives everyone a new pseudonym.",
            )


def hmac_sha256(message: ir.StringValue, key: Key) -> ir.StringValue:
    """HMAC-SHA-256 of the text's UTF-8 bytes, as 64 lower-case hexadecimal digits."""
    inner = _sha256(_unhex(ibis.literal(_pad(key, _INNER)) + _hex(message)))
    return _sha256(_unhex(ibis.literal(_pad(key, _OUTER)) + inner))


def pseudonym(message: ir.StringValue, key: Key, *, prefix: str = "P") -> ir.StringValue:
    """A short pseudonym: the prefix and the first 60 bits of the HMAC in hexadecimal capitals."""
    return ibis.literal(prefix) + hmac_sha256(message, key).left(_HEX_DIGITS).upper()


def _pad(key: Key, byte: int) -> str:
    secret = key.secret
    if len(secret) > _BLOCK_BYTES:
        secret = hashlib.sha256(secret).digest()
    return bytes(one ^ byte for one in secret.ljust(_BLOCK_BYTES, b"\0")).hex()


def _sha256(value: ir.BinaryValue) -> ir.StringValue:
    return ops.HexDigest(value, "sha256").to_expr()


# DuckDB and Spark both have these two under these names.
@ibis.udf.scalar.builtin(name="hex", signature=(("string",), "string"))  # type: ignore[untyped-decorator]
def _hex(text: str) -> str:
    raise NotImplementedError


@ibis.udf.scalar.builtin(name="unhex", signature=(("string",), "binary"))  # type: ignore[untyped-decorator]
def _unhex(digits: str) -> bytes:
    raise NotImplementedError
