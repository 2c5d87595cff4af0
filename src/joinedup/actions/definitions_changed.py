"""Which definitions two snapshots were made with that are not the same, key by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from joinedup.engines import Snapshot

# A definition rewritten from the ground up is read beside the old one, not key by key.
_MOST_KEYS: Final = 20
_LONGEST_VALUE: Final = 80


@dataclass(frozen=True, slots=True)
class DefinitionChanged:
    """One file of settings, or one part of the code: `how` is added, removed or changed.

    `keys` says what stands where now and stood before, where both snapshots kept the file.
    """

    name: str
    how: str
    keys: tuple[str, ...]


def definitions_changed(before: Snapshot, after: Snapshot) -> tuple[DefinitionChanged, ...]:
    """Settings first, then versions and code; nothing where the same definitions made both."""
    then, now = before.manifest, after.manifest
    found = [*_settings_changed(before, after, then.get("settings", {}), now.get("settings", {}))]
    version = (str(then.get("joinedup_version")), str(now.get("joinedup_version")))
    if version[0] != version[1]:
        found.append(DefinitionChanged("Joinedup", "changed", (f"version: {_arrow(*version)}",)))
    for package in sorted({*then.get("code", {}), *now.get("code", {})}):
        if then.get("code", {}).get(package) != now.get("code", {}).get(package):
            found.append(DefinitionChanged(f"code of {package}", "changed", ()))
    return tuple(found)


def feeds_defined_otherwise(
    before: Snapshot, after: Snapshot, changed: tuple[DefinitionChanged, ...]
) -> frozenset[tuple[str, str]]:
    """(partner, feed) of the feeds whose own TOML is among the definitions changed."""
    found = set()
    for one in changed:
        if one.name.startswith("feeds/"):
            for snapshot in (before, after):
                kept = _kept(snapshot, one.name)
                found.add((str(kept.get("partner", "")), str(kept.get("feed", ""))))
    return frozenset(found - {("", "")})


def _settings_changed(
    before: Snapshot, after: Snapshot, then: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[DefinitionChanged]:
    for name in sorted({*then, *now}):
        if name not in then or name not in now:
            yield DefinitionChanged(name, "added" if name in now else "removed", ())
        elif then[name]["sha256"] != now[name]["sha256"]:
            keys: tuple[str, ...] = ()
            if then[name]["kept"] and now[name]["kept"]:
                keys = _keys_changed(_kept(before, name), _kept(after, name))
            yield DefinitionChanged(name, "changed", keys)


def _keys_changed(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    old, new = dict(_flat(then)), dict(_flat(now))
    told = []
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            told.append(f"{key}: {_arrow(_shown(old, key), _shown(new, key))}")
    if not told:
        return ("only comments or the order of lines",)
    more = len(told) - _MOST_KEYS
    return (*told[:_MOST_KEYS], *((f"and {more:,} keys more",) if more > 0 else ()))


def _kept(snapshot: Snapshot, name: str) -> Mapping[str, Any]:
    """A file of settings as the snapshot kept it; nothing where it cannot be read."""
    try:
        text = (snapshot.path / "settings" / name).read_text(encoding="utf-8-sig")
        return tomllib.loads(text)
    except (OSError, ValueError, RecursionError):
        return {}


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Each value with its dotted key; places of a list count from 1."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for place, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{key}[{place}]")
    else:
        yield key, repr(value)


def _shown(values: Mapping[str, str], key: str) -> str:
    value = values.get(key, "nothing")
    return value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"


def _arrow(then: str, now: str) -> str:
    return f"{then} is now {now}"
