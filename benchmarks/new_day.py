"""A new day's files for an invented system: some of its people seen again, some rows corrected.

    python -m benchmarks.new_day SYSTEM --day 2026-04-02 --share 0.01

For each feed, of a share of its patients: some of their last two months' rows come once more under
a new key, some again under the old key with another postcode or surname; and so do a few rows of
any age, since corrections may come years late.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from pathlib import Path

import duckdb

from joinedup.actions.feeds import read_feed_settings
from joinedup.intake import Feed
from joinedup.partners import read_system

_WHOLE_EXTRACT = re.compile(r"^(.*_)(\d{8})((?:_\d{3})?)(\.csv|\.csv\.gz|\.parquet)$")
_PARTS = 1_000_000
_RECENT_DAYS = 60
# Of rows of any age, one in so many is corrected late.
_LATE = 2_000


def make_day(folder: Path, day: dt.date, *, share: float = 0.01, seed: int = 0) -> tuple[Path, ...]:
    """Write one file a feed into the inbox; the same seed gives the same rows."""
    system = read_system(folder)
    made = []
    for feed in read_feed_settings(system).feeds:
        latest = _latest(system.inbox / feed.partner, feed)
        if latest:
            suffix = ".parquet" if latest[0].suffix == ".parquet" else ".csv"
            path = latest[0].with_name(f"{_stem(latest[0])}{day:%Y%m%d}{suffix}")
            if _write(feed, latest, path, day, share, seed):
                made.append(path)
    return tuple(made)


def _stem(path: Path) -> str:
    found = _WHOLE_EXTRACT.match(path.name)
    assert found
    return found[1]


def _latest(inbox: Path, feed: Feed) -> list[Path]:
    """The files of the feed's newest whole extract."""
    by_date: dict[str, list[Path]] = {}
    for path in sorted(inbox.glob(feed.files)) if inbox.is_dir() else ():
        found = _WHOLE_EXTRACT.match(path.name)
        if found and path.stat().st_size:
            by_date.setdefault(found[2], []).append(path)
    return by_date[max(by_date)] if by_date else []


def _write(
    feed: Feed, sources: list[Path], path: Path, day: dt.date, share: float, seed: int
) -> bool:
    connection = duckdb.connect()
    names = ", ".join(f"'{source}'" for source in sources)
    if sources[0].suffix == ".parquet":
        connection.execute(f"CREATE TABLE t AS FROM read_parquet([{names}])")
    else:
        connection.execute(
            f"CREATE TABLE t AS FROM read_csv([{names}], all_varchar = true, header = true, "
            f"delim = '{feed.layout.delimiter}', ignore_errors = true)"
        )
    columns = [row[0] for row in connection.execute("DESCRIBE t").fetchall()]
    record, key = _record_column(feed), [name for name in feed.key if name in columns]
    if record not in columns:
        return False
    chosen = f'hash("{record}", {seed}) % {_PARTS} < {int(share * _PARTS)}'
    row = ", ".join(f'"{name}"' for name in (key or columns))
    drawn = f"hash({row}, {seed}) % 8"
    recent = _recent(feed, day)
    query = f"SELECT * FROM t WHERE {chosen} AND {drawn} >= 6 AND {recent}"
    if key:
        corrected = _slips(columns)
        query = (
            f'SELECT * REPLACE (\'D{seed}\' || "{key[0]}" AS "{key[0]}") FROM ({query}) UNION ALL '
            f"SELECT * REPLACE ({corrected}) FROM t WHERE {chosen} AND "
            f"({drawn} = 0 AND {recent} OR hash({row}, {seed}, 1) % {_LATE} = 0)"
        )
    form = "parquet" if path.suffix == ".parquet" else f"csv, delim '{feed.layout.delimiter}'"
    query = f"SELECT * FROM ({query}) ORDER BY ALL"
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT {form})")
    return True


def _recent(feed: Feed, day: dt.date) -> str:
    """Whether a row's event began of late; all rows of a feed without events."""
    for part in feed.parts:
        start = part.find("start_at")
        if start is not None and start.value.columns:
            layout = start.value.layout.split("T")[0].split(" ")[0]
            text = f"split_part(split_part(\"{start.value.columns[0]}\"::VARCHAR, ' ', 1), 'T', 1)"
            return f"try_strptime({text}, '{layout}') >= DATE '{day}' - {_RECENT_DAYS}"
    return "true"


def _slips(columns: list[str]) -> str:
    """Another postcode, by exchange of its last two letters; the surname's first letter twice."""
    slips = []
    for name in columns:
        if re.search("POSTCODE", name, re.I):
            slips.append(f"regexp_replace(\"{name}\", '(.)(.)$', '\\2\\1') AS \"{name}\"")
        elif re.search("FAMILY|SURNAME|LAST_?NAME", name, re.I):
            slips.append(
                f'CASE WHEN hash("{name}") % 4 = 0 THEN left("{name}", 1) || "{name}" '
                f'ELSE "{name}" END AS "{name}"'
            )
    return ", ".join(slips) or f'"{columns[0]}" AS "{columns[0]}"'


def _record_column(feed: Feed) -> str:
    found = feed.identity.find("record_id")
    assert found is not None
    return found.value.columns[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("system", type=Path)
    parser.add_argument("--day", type=dt.date.fromisoformat, required=True)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for path in make_day(options.system, options.day, share=options.share, seed=options.seed):
        print(path)


if __name__ == "__main__":
    main()
