"""`pack.toml`: what an area pack is called and where it came from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from joinedup.partners.settings import read_settings
from joinedup.partners.spelling import as_written
from joinedup.terms import NotFoundError

LSOA_VINTAGE: Final = 2011


@dataclass(frozen=True, slots=True)
class Charity:
    """A voluntary organisation that the pack names, with a code of its own."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PackManifest:
    """What `pack.toml` says. `code` is empty where there is no such file."""

    name: str
    code: str = ""
    lsoa_vintage: int = LSOA_VINTAGE
    invented: bool = False
    sources: tuple[str, ...] = ()
    charities: tuple[Charity, ...] = ()


def manifest_toml(manifest: PackManifest, note: str) -> str:
    """The text of a `pack.toml`; `note` is the comment at its head."""
    lines = [
        *(f"# {line}" for line in note.splitlines()),
        f"name = {_quoted(manifest.name)}",
        f"code = {_quoted(manifest.code)}",
        f"lsoa_vintage = {manifest.lsoa_vintage}",
    ]
    if manifest.invented:
        lines.append("invented = true")
    lines += ["sources = [", *(f"  {_quoted(source)}," for source in manifest.sources), "]"]
    for charity in manifest.charities:
        lines += ["", "[[charities]]", f"code = {_quoted(charity.code)}"]
        lines.append(f"name = {_quoted(charity.name)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # The escapes of a TOML basic string are those of JSON.
    return json.dumps(text, ensure_ascii=False)


def read_manifest(folder: Path) -> PackManifest:
    """Read `pack.toml`; without one the pack is named after its folder."""
    if not folder.is_dir():
        raise NotFoundError(
            "There is no such folder of an area pack.",
            where=str(folder),
            cure="Check the path, or make a pack with `joinedup area cut`.",
        )
    path = folder / "pack.toml"
    if not path.is_file():
        name = folder.resolve().name.replace("-", " ").replace("_", " ")
        return PackManifest(name=as_written(name.upper()))
    top = read_settings(path)
    manifest = PackManifest(
        name=top.text("name"),
        code=top.text("code"),
        lsoa_vintage=top.whole("lsoa_vintage", LSOA_VINTAGE),
        invented=top.flag("invented", False),
        sources=top.texts("sources", ()),
        charities=tuple(
            Charity(one.text("code"), one.text("name")) for one in top.sections("charities")
        ),
    )
    top.finish()
    if manifest.lsoa_vintage != LSOA_VINTAGE:
        raise top.error(
            "lsoa_vintage",
            f"LSOAs of {manifest.lsoa_vintage} are not read yet.",
            f"Cut a pack of {LSOA_VINTAGE}: populations by single year of age are on those.",
        )
    return manifest
