"""Pseudonyms made in the engine are those of RFC 2104."""

from __future__ import annotations

import hashlib
import hmac

import ibis
import pytest

from joinedup.engines import DuckDBEngine
from joinedup.safeguards.pseudonyms import Key, hmac_sha256, pseudonym
from joinedup.terms import SettingError

MESSAGES = ["nhs:9434765919", "", "Zoë|O'Brien", "x" * 500, "rec:R0D\x1f12"]


@pytest.mark.parametrize("secret", [b"k" * 16, bytes(range(64)), b"\xff\x00" * 60])
def test_the_engine_agrees_with_pythons_own_hmac(engine: DuckDBEngine, secret: bytes) -> None:
    table = ibis.memtable({"message": MESSAGES})
    made = table.select("message", mac=hmac_sha256(table.message, Key(secret)))
    for row in engine.connection.to_pyarrow(made).to_pylist():
        assert row["mac"] == hmac.new(secret, row["message"].encode(), hashlib.sha256).hexdigest()


def test_rfc_4231_test_case_6(engine: DuckDBEngine) -> None:
    """The published case with a key longer than a block."""
    table = ibis.memtable({"m": ["Test Using Larger Than Block-Size Key - Hash Key First"]})
    made = engine.connection.to_pyarrow(table.select(mac=hmac_sha256(table.m, Key(b"\xaa" * 131))))
    assert made["mac"][0].as_py() == (
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    )


def test_a_pseudonym_is_short_and_of_the_key(engine: DuckDBEngine) -> None:
    table = ibis.memtable({"m": ["a"]})
    one, two = (
        engine.connection.to_pyarrow(table.select(p=pseudonym(table.m, Key(secret))))["p"][
            0
        ].as_py()
        for secret in (b"1" * 32, b"2" * 32)
    )
    assert one != two
    assert one[0] == "P" and len(one) == 16 and one == one.upper()


def test_a_null_has_no_pseudonym(engine: DuckDBEngine) -> None:
    table = ibis.memtable({"m": [None]}, schema={"m": "string"})
    made = engine.connection.to_pyarrow(table.select(p=pseudonym(table.m, Key(b"k" * 32))))
    assert made["p"][0].as_py() is None


def test_a_short_key_is_refused_and_a_key_never_shows() -> None:
    with pytest.raises(SettingError, match="16 or more"):
        Key(b"short")
    assert "secret" not in repr(Key(b"secret secret secret"))
