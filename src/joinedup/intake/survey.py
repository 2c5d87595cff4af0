"""What a file's bytes are like before anything is read: its hash, its encoding, its lines."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final

CHUNK_BYTES: Final = 1 << 20
# CSV of few words over and over packs to a fiftieth; what packs to less than a hundredth, and is
# large, is meant to fill the disk. The most that gzip can do is one to 1,032 (RFC 1951).
UNPACKED_BYTES: Final = 256_000_000
UNPACKED_TIMES: Final = 100
_GZIP: Final = b"\x1f\x8b"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_BOM: Final = codecs.BOM_UTF8
# A character of two to four bytes in UTF-8 (RFC 3629, section 4).
_MULTI_BYTE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
# Windows-1252 as web browsers read it, every byte meaning something
# (WHATWG Encoding Standard, index windows-1252).
_WINDOWS_1252: Final = "".join(
    bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
    for byte in range(256)
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file's text is like. Counts are of bytes of the text, after gzip.

    `encoding` is "utf-8", "windows-1252" or "utf-16" (not read); `is_clean_utf8` is false where
    some lines of a UTF-8 file are not. `plain` is where the text lies: the file itself, or a copy
    that was unpacked, turned to UTF-8, or both.
    """

    size: int
    plain: Path
    encoding: str
    is_clean_utf8: bool
    is_truncated: bool
    unpacks_too_far: bool
    text_bytes: int
    newlines: int
    returns: int
    return_newlines: int
    quotes: int
    delimiters: int
    nuls: int
    ends_with_newline: bool

    @property
    def lines(self) -> int:
        """Physical lines; a last one without a line end counts."""
        return self.newlines + (self.text_bytes > 0 and not self.ends_with_newline)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def survey_file(path: Path, *, delimiter: str, encoding: str, aside: Path) -> Survey:
    """Read the file once; unpack or re-encode it into the folder `aside` where it must be."""
    plain, unpacked = path, _Unpacked.WHOLE
    if _is_gzip(path):
        plain = aside / "unpacked"
        unpacked = _unpack(path, plain)
    counts = _count(plain, delimiter.encode())
    found, is_clean = counts.encoding(encoding, plain)
    if found == "windows-1252" and not counts.is_ascii:
        recoded = aside / "recoded"
        _recode(plain, recoded)
        plain = recoded
    return Survey(
        size=path.stat().st_size,
        plain=plain,
        encoding=found,
        is_clean_utf8=is_clean,
        is_truncated=unpacked is _Unpacked.CUT_SHORT,
        unpacks_too_far=unpacked is _Unpacked.TOO_FAR,
        text_bytes=counts.size,
        newlines=counts.newlines,
        returns=counts.returns,
        return_newlines=counts.return_newlines,
        quotes=counts.quotes,
        delimiters=counts.delimiters,
        nuls=counts.nuls,
        ends_with_newline=counts.last == b"\n",
    )


@dataclass(slots=True)
class _Counts:
    delimiter: bytes
    size: int = 0
    newlines: int = 0
    returns: int = 0
    return_newlines: int = 0
    quotes: int = 0
    delimiters: int = 0
    nuls: int = 0
    is_ascii: bool = True
    is_utf8: bool = True
    is_utf16: bool = False
    last: bytes = b""

    def add(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self.newlines += chunk.count(b"\n")
        self.delimiters += chunk.count(self.delimiter)
        # A byte that is absent is told fastest by `in`; most files lack all of these.
        if b'"' in chunk:
            self.quotes += chunk.count(b'"')
        if b"\0" in chunk:
            self.nuls += chunk.count(b"\0")
        if b"\r" in chunk or self.last == b"\r":
            self.returns += chunk.count(b"\r")
            self.return_newlines += chunk.count(b"\r\n")
            self.return_newlines += self.last == b"\r" and chunk.startswith(b"\n")
        self.last = chunk[-1:]

    def encoding(self, asked: str, path: Path) -> tuple[str, bool]:
        """The encoding to read in, and whether every byte is right in it."""
        if self.is_utf16:
            return "utf-16", True
        if asked == "windows-1252":
            return "windows-1252", True
        if self.is_utf8 or asked == "utf-8":
            return "utf-8", self.is_utf8
        # Bytes that are no UTF-8: another encoding if there is no UTF-8 at all, else damage.
        return ("utf-8", False) if _has_multi_byte(path) else ("windows-1252", True)


def _count(path: Path, delimiter: bytes) -> _Counts:
    counts = _Counts(delimiter)
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if counts.size == 0 and chunk.startswith(_UTF16):
                counts.is_utf16 = True
            counts.add(chunk)
            if counts.is_ascii and chunk.isascii():
                continue
            counts.is_ascii = False
            if counts.is_utf8:
                counts.is_utf8 = _decodes(decoder, chunk)
    if counts.is_utf8 and not counts.is_ascii:
        counts.is_utf8 = _decodes(decoder, b"", final=True)
    return counts


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _has_multi_byte(path: Path) -> bool:
    tail = b""
    with path.open("rb") as file:
        chunk = file.read(CHUNK_BYTES).removeprefix(_BOM)
        while chunk:
            if _MULTI_BYTE.search(tail + chunk):
                return True
            tail = chunk[-3:]
            chunk = file.read(CHUNK_BYTES)
    return False


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == _GZIP


class _Unpacked(Enum):
    WHOLE = auto()
    CUT_SHORT = auto()
    TOO_FAR = auto()


def _unpack(path: Path, target: Path) -> _Unpacked:
    """Unpack as far as it goes, or as far as is believed: then nothing of it is kept."""
    most = max(UNPACKED_BYTES, UNPACKED_TIMES * path.stat().st_size)
    with path.open("rb") as packed, target.open("wb") as plain:
        try:
            with gzip.open(packed) as text:
                while chunk := text.read(CHUNK_BYTES):
                    if plain.tell() + len(chunk) > most:
                        plain.truncate(0)
                        return _Unpacked.TOO_FAR
                    plain.write(chunk)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return _Unpacked.CUT_SHORT
    return _Unpacked.WHOLE


def _recode(source: Path, target: Path) -> None:
    with source.open("rb") as before, target.open("wb") as after:
        while chunk := before.read(CHUNK_BYTES):
            text, _ = codecs.charmap_decode(chunk, "strict", _WINDOWS_1252)
            after.write(text.encode())
