"""Cut an area pack from national tables, whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from joinedup.partners import AreaPack, read_pack
from joinedup.partners.cut import cut_pack
from joinedup.partners.national import National
from joinedup.terms import NotFoundError, SettingError


@dataclass(frozen=True, slots=True)
class CutPack:
    """What was cut: the pack's folder, whose it is, and how much is in it."""

    path: Path
    name: str
    code: str
    lsoas: int
    residents: int
    practices: int
    networks: int
    trusts: int


def cut_area(national: Path, icb: str, target: Path) -> CutPack:
    """Cut the pack of the system with an ICB code from the folder of national tables.

    It is written aside, read back as a pack, and only then given its name.
    """
    if not national.is_dir():
        raise NotFoundError(
            "There is no such folder of national tables.",
            where=str(national),
            cure="See docs/how-to/add-your-area.md for what it should hold.",
        )
    _refuse_full(target)
    aside = target.absolute().with_name(f".{target.absolute().name}.part")
    if aside.exists():
        shutil.rmtree(aside)
    aside.mkdir(parents=True)
    try:
        cut_pack(National(national), icb.upper(), aside)
        pack = read_pack(aside)
        if target.is_dir():
            target.rmdir()
        aside.replace(target)
    finally:
        if aside.exists():
            shutil.rmtree(aside)
    return _told(pack, target)


def _told(pack: AreaPack, path: Path) -> CutPack:
    return CutPack(
        path=path,
        name=pack.name,
        code=pack.code,
        lsoas=pack.lsoas.num_rows,
        residents=pack.residents,
        practices=pack.practices.num_rows,
        networks=len(set(pack.lsoas["network_code"].to_pylist())),
        trusts=pack.trusts.num_rows,
    )


def _refuse_full(target: Path) -> None:
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise SettingError(
            "There is something there already.",
            where=str(target),
            cure="Name a new folder: nothing that exists is overwritten.",
        )
