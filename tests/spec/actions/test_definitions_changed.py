"""Definitions that differ are told file by file and key by key."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from joinedup.actions.definitions_changed import (
    DefinitionChanged,
    definitions_changed,
    feeds_defined_otherwise,
)
from joinedup.engines import Snapshot

COSTS = """[[unit_costs]]
setting = "emergency"
cost_pence = 1000
"""
FEED = 'partner = "R0D"\nfeed = "admissions"\ntitle = "Admissions"\n'


def snapshot(
    folder: Path, settings: dict[str, str], *, version: str = "1.0.0", code: str = "a"
) -> Snapshot:
    """A snapshot that kept those settings."""
    told = {}
    for name, text in settings.items():
        is_kept = name.endswith(".toml")
        if is_kept:
            (folder / "settings" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "settings" / name).write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        told[name] = {"bytes": len(text), "sha256": digest, "kept": is_kept}
    manifest = {"settings": told, "joinedup_version": version, "code": {"linkage": code}}
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return Snapshot(folder.name, folder, folder / "identified")


def test_the_same_definitions_are_no_change(tmp_path: Path) -> None:
    one = snapshot(tmp_path / "one", {"agreements/unit_costs.toml": COSTS})
    assert definitions_changed(one, one) == ()


def test_a_value_that_changed_is_told_with_what_it_was(tmp_path: Path) -> None:
    one = snapshot(tmp_path / "one", {"agreements/unit_costs.toml": COSTS})
    other = snapshot(
        tmp_path / "other",
        {"agreements/unit_costs.toml": COSTS.replace("1000", "1200") + 'year = "2025/26"\n'},
    )
    assert definitions_changed(one, other) == (
        DefinitionChanged(
            "agreements/unit_costs.toml",
            "changed",
            (
                "unit_costs[1].cost_pence: 1000 is now 1200",
                "unit_costs[1].year: nothing is now '2025/26'",
            ),
        ),
    )


def test_a_comment_is_no_new_definition_and_a_pack_is_told_by_hash_alone(tmp_path: Path) -> None:
    one = snapshot(tmp_path / "one", {"system.toml": 'name = "X"', "area/lsoas.csv": "1"})
    other = snapshot(
        tmp_path / "other", {"system.toml": '# mine\nname = "X"', "area/lsoas.csv": "2"}
    )
    assert definitions_changed(one, other) == (
        DefinitionChanged("area/lsoas.csv", "changed", ()),
        DefinitionChanged("system.toml", "changed", ("only comments or the order of lines",)),
    )


def test_files_added_and_removed_versions_and_code_are_told(tmp_path: Path) -> None:
    one = snapshot(tmp_path / "one", {"feeds/a.toml": FEED})
    other = snapshot(tmp_path / "other", {"feeds/b.toml": FEED}, version="1.1.0", code="b")
    assert definitions_changed(one, other) == (
        DefinitionChanged("feeds/a.toml", "removed", ()),
        DefinitionChanged("feeds/b.toml", "added", ()),
        DefinitionChanged("Joinedup", "changed", ("version: 1.0.0 is now 1.1.0",)),
        DefinitionChanged("code of linkage", "changed", ()),
    )


def test_a_feed_defined_otherwise_is_known_by_partner_and_name(tmp_path: Path) -> None:
    one = snapshot(tmp_path / "one", {"feeds/a.toml": FEED, "partners.toml": ""})
    other = snapshot(
        tmp_path / "other", {"feeds/a.toml": FEED.replace("Adm", "adm"), "partners.toml": "x=1"}
    )
    changed = definitions_changed(one, other)
    assert feeds_defined_otherwise(one, other, changed) == {("R0D", "admissions")}


def test_a_definition_rewritten_is_not_told_key_by_key(tmp_path: Path) -> None:
    one = snapshot(tmp_path / "one", {"system.toml": ""})
    many = "".join(f"key{n:02d} = {n}\n" for n in range(25))
    other = snapshot(tmp_path / "other", {"system.toml": many})
    (found,) = definitions_changed(one, other)
    assert len(found.keys) == 21
    assert found.keys[-1] == "and 5 keys more"
