"""Make the folder of a new system from an area pack."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Final

from joinedup.actions.starting_files import GITIGNORE, README, partners_toml, system_toml
from joinedup.partners import (
    AreaPack,
    Partner,
    invented_pack,
    manifest_toml,
    read_pack,
    read_partners,
    read_system,
)
from joinedup.tables.code_sets import ORGANISATION_KINDS
from joinedup.terms import NotFoundError, SettingError

_FOLDERS: Final = (
    "feeds", "inbox", "measures", "care_models", "agreements", "lake",
)  # fmt: skip
_SENT_BY: Final = re.compile(r"^# sent by: (.+)\n(#\n)?", re.MULTILINE)
# A trust that runs mental-health services alone sends what one that runs both would, of its part.
_ALSO_SENT_BY: Final[Mapping[str, tuple[str, ...]]] = {"mental_health": ("mental_health_trust",)}
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class NewSystem:
    """What was made: the folder, whose it is, and how much is in it."""

    path: Path
    name: str
    ods_code: str
    residents: int
    partners: tuple[str, ...]
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A shipped feed: its name, the kinds of partner that send it, and its TOML."""

    name: str
    sent_by: tuple[str, ...]
    text: str


def init_system(folder: Path, area: Path | None = None) -> NewSystem:
    """Make a system folder from an area pack; without one, of the invented system.

    Refuses a folder that has anything in it. It is made whole or not at all, unless an empty
    folder stands there already. The key is new and cannot be made again.
    """
    _refuse_full(folder)
    pack = read_pack(area if area is not None else invented_pack())
    partners = partners_of(pack)
    feeds = [(one, data_set) for data_set in data_sets() for one in _senders(partners, data_set)]
    if folder.is_dir():
        _fill(folder, pack, partners, feeds)
    else:
        aside = folder.absolute().with_name(f".{folder.absolute().name}.part")
        try:
            _fill(aside, pack, partners, feeds)
            aside.replace(folder)
        finally:
            if aside.exists():
                shutil.rmtree(aside)
    return NewSystem(
        path=folder,
        name=pack.name,
        ods_code=pack.code,
        residents=pack.residents,
        partners=tuple(one.code for one in partners),
        feeds=tuple(f"{one.code}/{data_set.name}" for one, data_set in feeds),
    )


def _fill(
    folder: Path,
    pack: AreaPack,
    partners: Sequence[Partner],
    feeds: Sequence[tuple[Partner, DataSet]],
) -> None:
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "identified").mkdir(mode=0o700)
    _copy_pack(pack, folder / "area")
    for one, data_set in feeds:
        (folder / "inbox" / one.code).mkdir(exist_ok=True)
        name = f"{one.code}-{data_set.name}.toml".lower()
        _write(folder / "feeds" / name, data_set.text.replace("{partner}", one.code))
    _write(folder / "partners.toml", partners_toml(pack, partners, tuple(ORGANISATION_KINDS)))
    _write(folder / "README.md", README.format(name=pack.name, code=pack.code))
    _write(folder / ".gitignore", GITIGNORE)
    _make_key(folder / "identified" / "key")
    # Last, for it is what makes the folder a system.
    _write(folder / "system.toml", system_toml(pack))
    read_partners(read_system(folder), pack)


def partners_of(pack: AreaPack) -> tuple[Partner, ...]:
    """The partners that an area pack tells of: who sends extracts, and who they once were."""
    board = Partner(pack.code, f"NHS {pack.name} Integrated Care Board", "icb", True)
    councils = [
        Partner(row["code"], row["name"], "council", True, footprint=(row["code"],))
        for row in pack.councils.to_pylist()
    ]
    registrar = Partner(
        "ONS", "Registered deaths (Office for National Statistics)", "registrar", True,
        serves_elsewhere=True,
    )  # fmt: skip
    charities = [Partner(one.code, one.name, "charity", False) for one in pack.manifest.charities]
    return (board, *_trusts(pack), *councils, registrar, *charities)


def data_sets() -> tuple[DataSet, ...]:
    """The feeds that the package ships, in order of name."""
    folder = resources.files("joinedup.intake") / "data_sets"
    found = []
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            text = file.read_text(encoding="utf-8")
            first = _SENT_BY.search(text)
            kinds = [kind.strip() for kind in first[1].split(",")] if first else []
            name = file.name.removesuffix(".toml")
            sent_by = (*kinds, *_ALSO_SENT_BY.get(name, ()))
            found.append(DataSet(name, sent_by, _SENT_BY.sub("", text, count=1)))
    return tuple(found)


def _trusts(pack: AreaPack) -> list[Partner]:
    """The pack's trusts: ambulance trusts last, and those that ended after their successors."""
    listed = {row["code"] for row in pack.trusts.to_pylist()}
    served: dict[str, list[str]] = {}
    rows = zip(
        pack.lsoas["ambulance_code"].to_pylist(),
        pack.lsoas["council_code"].to_pylist(),
        strict=True,
    )
    for ambulance, council in sorted({pair for pair in rows if pair[0]}):
        served.setdefault(ambulance, []).append(council)
    whole = pack.councils.num_rows
    partners = []
    for row in pack.trusts.to_pylist():
        areas = served.get(row["code"], [])
        ambulance = row["kind"] == "ambulance_trust"
        partners.append(
            Partner(
                code=row["code"],
                name=row["name"],
                kind=row["kind"],
                statutory=True,
                footprint=tuple(areas) if 0 < len(areas) < whole else ("system",),
                serves_elsewhere=ambulance,
                start_date=row["start_date"],
                end_date=row["end_date"],
                # A successor outside the pack is no partner here; the trust just ends.
                successor=row["successor"] if row["successor"] in listed else None,
            )
        )
    order = ("acute_trust", "community_trust", "mental_health_trust", "ambulance_trust")
    return sorted(
        partners,
        key=lambda one: (one.end_date is not None, order.index(one.kind), one.code),
    )


def _senders(partners: Sequence[Partner], data_set: DataSet) -> list[Partner]:
    return [one for one in partners if one.kind in data_set.sent_by and one.end_date is None]


def _refuse_full(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise SettingError("It is a file.", where=str(folder), cure="Name a new folder.")
    if folder.is_dir() and any(folder.iterdir()):
        what = "It is a system already." if (folder / "system.toml").is_file() else (
            "The folder is not empty."
        )  # fmt: skip
        raise SettingError(
            what, where=str(folder), cure="Name a new folder: nothing that exists is overwritten."
        )


def _copy_pack(pack: AreaPack, target: Path) -> None:
    """Copy the pack's files, so that the system folder travels; not their rights or hidden ones.

    A pack that is named by its folder alone gets a `pack.toml`, for the copy's folder is `area`.
    """
    source = pack.path
    files = [
        file
        for file in sorted(source.rglob("*"))
        if file.is_file() and not any(p.startswith(".") for p in file.relative_to(source).parts)
    ]
    for file in files:
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    if not (target / "pack.toml").exists():
        named = replace(pack.manifest, name=pack.name, code=pack.code)
        note = "The area pack had no pack.toml: this one says what it was found to be."
        _write(target / "pack.toml", manifest_toml(named, note))


def _make_key(path: Path) -> None:
    """A new secret. An existing one is never overwritten: every pseudonym hangs on it."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise NotFoundError(
            "There is a key already.", where=str(path), cure="Keep it, and name a new folder."
        ) from None
    path.write_text(secrets.token_hex(_KEY_BYTES) + "\n", encoding="ascii", newline="\n")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
