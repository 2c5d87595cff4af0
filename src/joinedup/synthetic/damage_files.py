"""Files as they also arrive: sent again, corrected, cut short, renamed, in another encoding.

Small side files beside the whole ones, made from their first rows, so that nearly every row of
the system still comes through; the charity's first year is in Windows-1252 as a whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from joinedup.synthetic.extracts.extract import extract_days, file_name
from joinedup.synthetic.extracts.senders import Senders
from joinedup.synthetic.interface import World

_SIDE_ROWS: Final = 300
_LINE_END: Final = b"\n"


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done to one file: `what` is one word for tests, `of` the file it was made from."""

    file: str
    what: str
    of: str
    rows: int


def damage_files(inbox: Path, world: World, senders: Senders) -> Iterator[Damage]:
    """Add the side files that the senders of this system allow; each reports what it is."""
    first, last = _days(world, "year")[0], _days(world, "year")[-1]
    quarter, next_quarter = _days(world, "quarter")[:2]
    for partner in senders.acute[:1]:
        whole = inbox / partner / file_name("outpatients", first)
        yield from _sent_again(whole, "_resend")
        yield from _corrected(inbox / partner / file_name("admissions", first), last)
        yield from _unclosed_quote(whole, inbox / partner / file_name("outpatients", last, "_b"))
    for partner in senders.community[:1]:
        whole = inbox / partner / file_name("community", first)
        target = inbox / partner / file_name("community", last, "_new_system")
        column = b"LOCAL PATIENT IDENTIFIER (EXTENDED)"
        yield from _renamed(whole, target, column, b"LOCAL_PATIENT_ID")
    for partner in senders.councils[:1]:
        whole = inbox / partner / file_name("social_care", quarter)
        yield from _bom_and_returns(whole)
        whole = inbox / partner / file_name("social_care", next_quarter)
        yield from _cut(whole, inbox / partner / file_name("social_care", last, "_cut"))
    if senders.charity:
        yield from _windows(inbox / senders.charity / file_name("charity", first))
    if senders.registrar:
        empty = inbox / senders.registrar / file_name("deaths", last, "_again")
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.write_bytes(b"")
        yield Damage(_below(empty), "empty", "", 0)
    if senders.general_practice:
        yield from _half_copied(inbox / senders.general_practice / file_name("gp_entries", last))


def _days(world: World, every: str) -> tuple[np.datetime64, ...]:
    return extract_days(every, world.start, world.today)


def _below(path: Path) -> str:
    """A file's name as `files` gives it: partner, slash, name."""
    return f"{path.parent.name}/{path.name}"


def _head(whole: Path, rows: int = _SIDE_ROWS) -> list[bytes]:
    """The header and the first rows, each with its line end; empty where there is no such file."""
    if not whole.exists():
        return []
    with whole.open("rb") as lines:
        return [line for line, _ in zip(lines, range(rows + 1), strict=False)]


def _marked(whole: Path, mark: str) -> Path:
    return whole.with_name(whole.name.replace(".csv", f"{mark}.csv"))


def _sent_again(whole: Path, mark: str) -> Iterator[Damage]:
    if whole.exists():
        again = _marked(whole, mark)
        again.write_bytes(whole.read_bytes())
        yield Damage(_below(again), "same_bytes", _below(whole), 0)


def _corrected(whole: Path, later: np.datetime64) -> Iterator[Damage]:
    """The first rows again, drawn later, with another treatment function in every other one."""
    lines = _head(whole)
    if len(lines) < 2:
        return
    rows = list(csv.reader(io.StringIO(b"".join(lines).decode(), newline="")))
    place = rows[0].index("ACTIVITY TREATMENT FUNCTION CODE")
    for row in rows[1::2]:
        row[place] = "300" if row[place] != "300" else "430"
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    # The name sorts before the whole file of the same day, as corrections often do.
    target = whole.with_name(file_name("admissions", later, "_a_corrected"))
    target.write_bytes(text.getvalue().encode())
    yield Damage(_below(target), "corrected", _below(whole), len(rows[1::2]))


def _unclosed_quote(whole: Path, target: Path) -> Iterator[Damage]:
    """A quotation mark before one surname, that nothing closes."""
    lines = _head(whole)
    if len(lines) < 10:
        return
    middle = len(lines) // 2
    fields = lines[middle].split(b",")
    fields[4] = b'"' + fields[4].replace(b'"', b"")
    lines[middle] = b",".join(fields)
    target.write_bytes(b"".join(lines))
    yield Damage(_below(target), "unclosed_quote", _below(whole), len(lines) - 1)


def _renamed(whole: Path, target: Path, old: bytes, renamed: bytes) -> Iterator[Damage]:
    lines = _head(whole)
    if lines:
        lines[0] = lines[0].replace(old, renamed)
        target.write_bytes(b"".join(lines))
        yield Damage(_below(target), "renamed_column", _below(whole), len(lines) - 1)


def _cut(whole: Path, target: Path) -> Iterator[Damage]:
    """The last line ends in its middle."""
    lines = _head(whole)
    if len(lines) > 2:
        lines[-1] = lines[-1][: len(lines[-1]) // 2]
        target.write_bytes(b"".join(lines))
        yield Damage(_below(target), "truncated", _below(whole), len(lines) - 1)


def _bom_and_returns(whole: Path) -> Iterator[Damage]:
    """The whole file as a spreadsheet saves it: byte-order mark, and CRLF at each line's end."""
    if whole.exists():
        content = whole.read_bytes()
        whole.write_bytes(b"\xef\xbb\xbf" + content.replace(_LINE_END, b"\r\n"))
        yield Damage(_below(whole), "bom_and_crlf", "", content.count(_LINE_END) - 1)


def _windows(whole: Path) -> Iterator[Damage]:
    """The whole file as an old office program saves it, accents and all."""
    if whole.exists():
        content = whole.read_bytes().decode()
        lines = content.split("\n")
        # At least one name with an accent, whatever names were drawn.
        place = lines[0].split(",").index("First name")
        fields = lines[1].split(",")
        fields[place] = "Zoë"
        lines[1] = ",".join(fields)
        whole.write_bytes("\n".join(lines).encode("windows-1252", errors="replace"))
        yield Damage(_below(whole), "windows_1252", "", len(lines) - 2)


def _half_copied(whole: Path) -> Iterator[Damage]:
    """A file that is still being copied, under the name that copying programs give."""
    lines = _head(whole)
    if lines:
        target = whole.with_name(whole.name.replace("gp_entries_", "gp_entries_next_") + ".part")
        target.write_bytes(b"".join(lines)[:-10])
        yield Damage(_below(target), "half_copied", _below(whole), 0)
