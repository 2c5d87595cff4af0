"""Read a TOML file that people edit; say plainly what is wrong in it, where, and the cure.

A `Section` is one table of the file. Each value is asked for by name and type; `finish` then
refuses whatever nobody asked for, so that a slip of the keyboard is never silently ignored:

    top = read_settings(Path("system.toml"))
    name = top.text("name")
    limits = top.section("limits")
    memory_mb = limits.whole("memory_mb", 4000, at_least=500)
    top.finish()
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from joinedup.partners.setting_limits import (
    FILE_BYTES,
    refuse_long_keys,
    refuse_odd_values,
    refuse_size,
)
from joinedup.terms import NotFoundError, SettingError
from joinedup.terms.nearest import nearest
from joinedup.terms.shown import shown

_T = TypeVar("_T")
_KINDS: Final = (
    (bool, "true or false"),
    (str, "text in quotes"),
    (int, "a whole number"),
    (float, "a number"),
    (date, "a date"),
    (list, "a list"),
    (dict, "a table"),
)


class Section:
    """One table of a TOML file, and which of its keys have been asked for.

    `key` is its own place in the file, dotted, entries of a list counted from 1:
    `partners[2].footprint`.
    """

    def __init__(self, values: Mapping[str, Any], *, file: Path, key: str = "") -> None:
        self.file = file
        self.key = key
        self._values = values
        self._asked: set[str] = set()
        self._inner: list[Section] = []

    def __repr__(self) -> str:
        return f"Section({self.file.name}, {self.key or 'top'}: {', '.join(self._values)})"

    def __contains__(self, key: object) -> bool:
        return key in self._values

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that the table has, in the file's order."""
        return tuple(self._values)

    def error(self, key: str, what: str, cure: str = "") -> SettingError:
        """The error to raise for a value that only the caller can judge."""
        return SettingError(what, where=f"{self.file}, {self._dotted(key)}", cure=cure)

    def raw(self, key: str) -> object:
        """A value as it stands, for a key that takes more than one form; None where absent."""
        self._asked.add(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = None, *, codes: Collection[str] = ()) -> str:
        """Text; one of `codes` where they are given."""
        value = self._typed(key, str, default)
        if not value.strip() and key in self._values and default != value:
            raise self.error(key, f"`{key}` is empty.", "Fill it in.")
        return self._known(key, value, codes)

    def text_or_none(self, key: str, *, codes: Collection[str] = ()) -> str | None:
        """Text, or None where the key is absent."""
        self._asked.add(key)
        return self.text(key, codes=codes) if key in self._values else None

    def texts(
        self, key: str, default: tuple[str, ...] | None = None, *, codes: Collection[str] = ()
    ) -> tuple[str, ...]:
        """A list of texts; one text alone is read as a list of one."""
        self._asked.add(key)
        value = self._values.get(key, default)
        if isinstance(value, str):
            return (self.text(key, codes=codes),)
        if isinstance(value, tuple):
            return value
        many = self._typed(key, list, None)
        for place, one in enumerate(many, start=1):
            if not isinstance(one, str):
                raise self._wrong_type(f"{key}[{place}]", str, one)
            self._known(f"{key}[{place}]", one, codes)
        return tuple(many)

    def whole(
        self,
        key: str,
        default: int | None = None,
        *,
        at_least: int | None = None,
        at_most: int | None = None,
    ) -> int:
        """A whole number within its limits."""
        value = self._typed(key, int, default)
        if at_least is not None and value < at_least:
            raise self.error(key, f"{value} is too small.", f"Give {at_least} or more.")
        if at_most is not None and value > at_most:
            raise self.error(key, f"{value} is too large.", f"Give {at_most} or less.")
        return value

    def whole_or_none(
        self, key: str, *, at_least: int | None = None, at_most: int | None = None
    ) -> int | None:
        """A whole number, or None where the key is absent."""
        self._asked.add(key)
        if key not in self._values:
            return None
        return self.whole(key, at_least=at_least, at_most=at_most)

    def number(self, key: str, default: float | None = None) -> float:
        """A number, whole or not."""
        value = self._values.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            self._asked.add(key)
            return float(value)
        return self._typed(key, float, default)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        return self._typed(key, bool, default)

    def day_or_none(self, key: str) -> date | None:
        """A date, written 2020-10-01 with or without quotes; None where the key is absent."""
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            return None
        cure = "Write it as year-month-day, for example 2020-10-01."
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise self.error(key, f"'{shown(value)}' is not a date.", cure) from None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        raise self.error(key, f"`{key}` should be a date, but it is {_kind(value)}.", cure)

    def text_map(self, key: str, default: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """A table of text to text, such as a mapping of codes; its keys are free."""
        values = self._typed(key, dict, default)
        for name, value in values.items():
            if not isinstance(value, str):
                raise self._wrong_type(f"{key}.{_quoted(name)}", str, value)
        return values

    def section(self, key: str) -> Section:
        """The table of that name; an empty one where it is absent."""
        return self._open(self._typed(key, dict, {}), key)

    def sections(self, key: str) -> tuple[Section, ...]:
        """The tables of that name, `[[key]]`; none where the key is absent."""
        many = self._typed(key, list, [])
        for place, one in enumerate(many, start=1):
            if not isinstance(one, dict):
                raise self._wrong_type(f"{key}[{place}]", dict, one)
        return tuple(self._open(one, f"{key}[{n}]") for n, one in enumerate(many, start=1))

    def finish(self) -> None:
        """Refuse keys that nobody asked for, here and in every section taken from this one."""
        for key in self._values:
            if key not in self._asked:
                raise self.error(key, f"`{shown(key)}` is not a known key.", self._cure_for(key))
        for inner in self._inner:
            inner.finish()

    def _open(self, values: Mapping[str, Any], key: str) -> Section:
        inner = Section(values, file=self.file, key=self._dotted(key))
        self._inner.append(inner)
        return inner

    def _dotted(self, key: str) -> str:
        return f"{self.key}.{key}" if self.key and key else self.key or key

    def _typed(self, key: str, kind: type[_T], default: object) -> _T:
        self._asked.add(key)
        if key not in self._values:
            if default is None:
                raise self._missing(key)
            return default  # type: ignore[return-value]  # each caller gives one of the kind
        value = self._values[key]
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise self._wrong_type(key, kind, value)
        return value

    def _known(self, key: str, value: str, codes: Collection[str]) -> str:
        if codes and value not in codes:
            near = nearest(value, codes)
            guess = f"Did you mean '{near}'? " if near else ""
            cure = f"{guess}It may be {', '.join(codes)}." if len(codes) <= 20 else guess.strip()
            raise self.error(key, f"'{shown(value)}' is not one of the codes known here.", cure)
        return value

    def _wrong_type(self, key: str, kind: type, value: object) -> SettingError:
        wanted = next(words for one, words in _KINDS if one is kind)
        name = key.rpartition(".")[2]
        what = f"`{name}` should be {wanted}, but it is {_kind(value)}."
        return self.error(key, what, f"Change it to {wanted}{_EXAMPLES.get(kind, '')}.")

    def _missing(self, key: str) -> SettingError:
        near = nearest(key, (name for name in self._values if name not in self._asked))
        cure = f"Rename `{near}` to `{key}`." if near else f"Add `{key}`."
        return self.error(key, f"`{key}` is missing.", cure)

    def _cure_for(self, key: str) -> str:
        near = nearest(key, sorted(self._asked))
        if near:
            return f"Did you mean `{near}`?"
        known = ", ".join(f"`{name}`" for name in sorted(self._asked))
        return f"Remove it; known here: {known}." if known else "Remove it."


_EXAMPLES: Final[Mapping[type, str]] = {
    str: ', for example "R0D"',
    bool: ", without quotes",
    int: ", without quotes or point",
    float: ", without quotes",
    list: ', for example ["A", "B"]',
}


def read_settings(path: Path, *, missing: str = "") -> Section:
    """Read a TOML file to its top section.

    UTF-8 with or without a byte-order mark, any line ends. `missing` is the cure given where
    there is no such file.
    """
    return parse_settings(read_bytes(path, missing), path)


def parse_settings(content: bytes, file: Path) -> Section:
    """Read TOML already in memory; `file` is only named in errors."""
    refuse_size(len(content), file)
    text = _decode(content, file)
    refuse_long_keys(text, file)
    try:
        top = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # ValueError: bad TOML, or a number longer than Python reads; the other: too deep.
        raise _syntax_error(str(error), text, file) from None
    refuse_odd_values(top, file)
    return Section(top, file=file)


def read_bytes(path: Path, missing: str = "") -> bytes:
    """The bytes of a settings file, and no more of it than settings have; errors in words."""
    try:
        # A pipe or a device has no end.
        if path.exists() and not path.is_file() and not path.is_dir():
            raise OSError(0, "it is no ordinary file")
        with path.open("rb") as file:
            return file.read(FILE_BYTES + 1)
    except FileNotFoundError:
        cure = missing or "Check the path."
        raise NotFoundError("There is no such file.", where=str(path), cure=cure) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SettingError(
            f"It cannot be read ({why}).", where=str(path), cure="It should be a readable file."
        ) from None


def _decode(content: bytes, file: Path) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:100]:
        raise SettingError(
            "It is not UTF-8 but UTF-16.", where=str(file), cure="Save it again as UTF-8."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingError(
            "A character is not UTF-8.",
            where=f"{file}, line {line}",
            cure="Save the file again as UTF-8 (Windows programs may call it 'UTF-8').",
        ) from None


def _syntax_error(message: str, text: str, file: Path) -> SettingError:
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = int(found[1]) if found and found[1] else max(1, len(text.splitlines()))
    what = shown(message[: found.start()] if found else message)
    cure = "Each line is key = value, with text in quotes."
    if "\\" in message or "hex value" in message or "Unescaped" in message:
        cure = "Put a path or pattern with backslashes in 'single quotes'."
    elif "overwrite" in message or "twice" in message:
        cure = "The key or table stands twice: remove one."
    elif "Illegal character" in message or "Unterminated" in message or what == 'Expected "\'"':
        cure = "A text must end, with its closing quote, on the line where it starts."
    return SettingError(f"{what.rstrip('.')}.", where=f"{file}, line {line}", cure=cure)


def _kind(value: object) -> str:
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "something else")


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'
