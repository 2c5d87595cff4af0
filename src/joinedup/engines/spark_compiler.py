"""How Spark says what Ibis asks for, where Ibis 12 says it so that the answer would differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import duckdb
import ibis.expr.datatypes as dt
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

# In place of a null among the values of a key: Spark's own hash passes over nulls, so that
# (null, 'a') and ('a', null) would have one key.
_NULL = "\x00"
# Characters that SQLGlot writes as \\v and \\f, which Spark reads as letters.
_MISREAD = re.compile("([\x0b\x0c])")
# What Python's own `str.strip` takes off in ASCII, besides the space.
_WHITE_SPACE = (9, 10, 11, 12, 13)
# All characters of Unicode: those left out are halves of UTF-16's pairs.
_CHARACTERS = (
    "SELECT chr(n::INT) AS c FROM (FROM range(1, 55296) UNION ALL FROM range(57344, 1114112)) t(n)"
)


class SparkCompiler(PySparkCompiler):
    """Ibis's compiler, with the functions of `portable` and DuckDB's answers."""

    __slots__ = ()

    def visit_ScalarUDF(self, op: Any, **kw: Any) -> Any:  # noqa: N802 (Ibis's own name)
        """Functions of `portable` by what Spark has; any other as Ibis does."""
        say = _OURS.get(op.__func_name__)
        return say(self, *kw.values()) if say else super().visit_ScalarUDF(op, **kw)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: dt.DataType) -> Any:  # noqa: N802
        """A number with a fraction as one; to Spark 0.1 is a decimal, which it rounds."""
        if dtype.is_floating():
            return self.cast(sge.convert(str(value)), dtype)
        if dtype.is_string() and _MISREAD.search(value):
            parts = [part for part in _MISREAD.split(value) if part]
            return self.f.concat(*(self._part(part) for part in parts), sge.convert(""))
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def _part(self, text: str) -> Any:
        return self.f.anon.char(ord(text)) if _MISREAD.fullmatch(text) else sge.convert(text)

    def visit_Strip(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        """White space off both ends: Ibis 12 writes \\v and \\f, which to Spark are v and f."""
        spaces = self.f.concat(sge.convert(" "), *(self.f.anon.char(at) for at in _WHITE_SPACE))
        return self.f.anon.btrim(arg, spaces)

    def visit_DateTruncate(self, op: Any, *, arg: Any, unit: Any) -> Any:  # noqa: N802
        """A day, as DuckDB gives; Spark's `date_trunc` gives a time."""
        return self.cast(super().visit_DateTruncate(op, arg=arg, unit=unit), dt.date)


@cache
def translation(function: str) -> tuple[str, str, str]:
    """What a DuckDB function of one character does to all of them, for `translate`.

    Characters that change, what each becomes, and characters that go. Taken from DuckDB itself, so
    that both engines write names alike: Java's capitals of ß and ŉ are two characters.
    """
    with duckdb.connect() as own:
        changed = own.execute(
            f"SELECT c, f FROM (SELECT c, {function} AS f FROM ({_CHARACTERS})) WHERE c <> f "  # noqa: S608
            "ORDER BY c"
        ).fetchall()
    one_for_one = [(one, other) for one, other in changed if len(other) == 1]
    gone = "".join(one for one, other in changed if not other)
    return "".join(a for a, _ in one_for_one), "".join(b for _, b in one_for_one), gone


def _translate(function: str) -> Callable[..., Any]:
    def say(compiler: SparkCompiler, text: Any) -> Any:
        these, those, gone = translation(function)
        return compiler.f.translate(text, sge.convert(these + gone), sge.convert(those))

    return say


def _key(compiler: SparkCompiler, *values: Any) -> Any:
    f = compiler.f
    texts = [f.coalesce(compiler.cast(value, dt.string), sge.convert(_NULL)) for value in values]
    return f.anon.shiftrightunsigned(f.anon.xxhash64(*texts), 1)


def _same_key(compiler: SparkCompiler, *values: Any) -> Any:
    """As in `duckdb`: the last eight bytes of an MD5, from the last to the first, in 60 bits."""
    f = compiler.f
    texts = [f.coalesce(compiler.cast(value, dt.string), sge.convert("\x01")) for value in values]
    digest = f.md5(f.concat_ws(sge.convert("\x1f"), *texts))
    pairs = [f.substring(digest, at, 2) for at in range(31, 16, -2)]
    return compiler.cast(f.conv(f.substring(f.concat(*pairs), 2, 15), 16, 10), dt.int64)


_OURS: Mapping[str, Callable[..., Any]] = {
    "joinedup_key": _key,
    "joinedup_same_key": _same_key,
    "joinedup_letters": _translate("strip_accents(upper(c))"),
    "joinedup_small": _translate("lower(c)"),
}
