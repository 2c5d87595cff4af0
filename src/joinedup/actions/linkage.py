"""Explain, score, report on and retrain the linkage of the serving snapshot."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from joinedup import linkage, tables
from joinedup.actions.keys import read_key
from joinedup.actions.linking import LINKAGE, MODEL
from joinedup.engines import Engine, Lake, Snapshot, open_engine
from joinedup.linkage import model as models
from joinedup.partners import System, read_system, with_engine
from joinedup.safeguards import Purpose, decide, record_look
from joinedup.tables import Table
from joinedup.terms import JoinedupError, SourceDataError

# By what linkage is scored besides all records together.
GROUPS = ("partner", "age_band", "sex", "deprivation", "ethnicity")
_TRUTH = ("partner", "record_id", "person")
# Ages at which bands begin: childhood, working ages, and old age in two parts.
_BANDS = (0, 18, 40, 65, 80, 200)
_BAND_NAMES = ("0-17", "18-39", "40-64", "65-79", "80+")


@dataclass(frozen=True, slots=True)
class _Opened:
    """The identified tables of the serving snapshot."""

    system: System
    snapshot: Snapshot
    engine: Engine
    identities: ir.Table
    links: ir.Table

    @property
    def model_path(self) -> Path:
        return self.system.identified / MODEL

    @property
    def calibration(self) -> Path | None:
        """The counts that the snapshot's links were weighed by, where they were kept."""
        path = self.snapshot.identified / LINKAGE / linkage.CALIBRATION
        return path if path.is_file() else None

    @property
    def model(self) -> models.Model:
        """The system's own model where it has one, or the shipped one."""
        return models.read(self.model_path) if self.model_path.is_file() else models.shipped()


@dataclass(frozen=True, slots=True)
class LevelChange:
    """One way of agreeing, and its weight in bits before and after."""

    field: str
    level: str
    bits_before: float
    bits_after: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A new model, what changed in it, and what it changes in the links."""

    model: Path
    levels: tuple[LevelChange, ...]
    records: int
    joined: int
    parted: int
    moved: int


def explain_link(
    folder: Path, partner: str, record_id: str, *, show_values: bool = False
) -> linkage.Explanation:
    """Why one partner's record joined its person. NotFoundError where no link has it."""
    with _open(folder, "explain one link") as opened:
        return linkage.explain(
            opened.engine,
            opened.identities,
            opened.links,
            partner=partner,
            record_id=record_id,
            model=opened.model,
            calibration=opened.calibration,
            show_values=show_values,
        )


def score_links(folder: Path, truth: Path) -> linkage.Score:
    """Precision, recall and F1 of the links against a truth file, overall and by group."""
    with _open(folder, "score links") as opened:
        labelled = _with_groups(_read_truth(truth), opened.identities)
        return linkage.score(opened.links, labelled, groups=GROUPS)


def report_links(folder: Path, *, sample: int = 0, engine: str = "") -> linkage.Quality:
    """What the model itself expects of its links, and a sample for clerical review."""
    with _open(folder, "report on links", engine) as opened:
        path = _table_path(opened.snapshot, tables.LINK_REVIEW)
        return linkage.assess(opened.links, opened.engine.read_parquet(path), sample=sample)


def train_model(folder: Path) -> Trained:
    """Learn weights from the system's own records and keep them for the next run.

    The links of the serving snapshot stay as they are: what is counted is what would change.
    """
    with _open(folder, "retrain linkage") as opened:
        before = opened.model
        said = f"identities of snapshot {opened.snapshot.id} of {opened.system.name}"
        after = linkage.train(opened.engine, opened.identities, before=before, said=said)
        key = read_key(opened.system.identified / "key")
        linked = linkage.link(
            opened.engine,
            opened.identities,
            key=key,
            earlier=linkage.Earlier(opened.links, calibration=opened.calibration),
            run=opened.snapshot.id,
            model=after,
        )
        models.write(after, opened.model_path)
        return Trained(
            opened.model_path, _changes(before, after), **_compare(opened.links, linked.links)
        )


@contextmanager
def _open(folder: Path, what: str, engine: str = "") -> Iterator[_Opened]:
    system = with_engine(read_system(folder), engine)
    snapshot = Lake(system.lake, system.identified).serving()
    purpose = decide(Purpose.LINKAGE_QUALITY, tables.LINKS)
    record_look(system.identified / "looks.jsonl", purpose=purpose, what=what)
    with open_engine(system) as opened:
        yield _Opened(
            system,
            snapshot,
            opened,
            opened.read_parquet(_table_path(snapshot, tables.IDENTITIES)),
            opened.read_parquet(_table_path(snapshot, tables.LINKS)),
        )


def _table_path(snapshot: Snapshot, declared: Table) -> Path:
    return snapshot.table_path(declared.name, identified=True)


def _read_truth(path: Path) -> ir.Table:
    """A truth file, CSV or Parquet, all text: partner, record_id, person, and maybe groups."""
    if not path.is_file():
        raise SourceDataError(
            "the truth file is not there.", where=str(path), cure="Check the path."
        )
    try:
        read = pq.read_table if path.suffix == ".parquet" else _read_csv
        found = read(path)
    except (OSError, ValueError, csv.Error) as error:
        raise _not_a_truth(path) from error
    if missing := [name for name in _TRUTH if name not in found.column_names]:
        raise _not_a_truth(path, f"it has no column {', '.join(missing)}")
    if len(set(found.column_names)) != len(found.column_names):
        raise _not_a_truth(path, "two of its columns have one name")
    table = ibis.memtable(found)
    if "deprivation" not in table.columns and "imd_decile" in table.columns:
        table = table.rename(deprivation="imd_decile")
    kept = [name for name in (*_TRUTH, *GROUPS) if name in table.columns]
    return table.select(**{name: table[name].cast("string") for name in dict.fromkeys(kept)})


def _read_csv(path: Path) -> pa.Table:
    """All columns as text, so that an identifier keeps its leading noughts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    options = pa.csv.ConvertOptions(column_types={name: pa.string() for name in names})
    return pa.csv.read_csv(path, convert_options=options)


def _not_a_truth(path: Path, what: str = "it cannot be read") -> JoinedupError:
    return SourceDataError(
        f"{what}.",
        where=str(path),
        cure="A truth file is a CSV with a header, or Parquet, with partner, record_id and person.",
    )


def _with_groups(truth: ir.Table, identities: ir.Table) -> ir.Table:
    """The truth with every group: its own columns where it has them, else from the details."""
    absent = [name for name in GROUPS if name not in truth.columns]
    known = _details(identities).select("partner", "record_id", *absent)
    joined = truth.left_join(known, ["partner", "record_id"])
    return joined.select(*truth.columns, *absent)


def _details(identities: ir.Table) -> ir.Table:
    """One row a patient: age band, sex and ethnicity, as first by value where rows differ."""
    grouped = identities.group_by("partner", "record_id").agg(
        born=identities.birth_date.min(),
        known=identities.known_date.max(),
        sex=identities.sex.min(),
        ethnicity=identities.ethnicity.min(),
    )
    age = grouped.known.year() - grouped.born.year()
    band = age.bucket(_BANDS).cases(*enumerate(_BAND_NAMES))
    return grouped.mutate(age_band=band, deprivation=ibis.null("string"))


def _changes(before: models.Model, after: models.Model) -> tuple[LevelChange, ...]:
    return tuple(
        LevelChange(
            one.field,
            level.name,
            round(before.field(one.field).level(level.name).bits, 2),
            round(level.bits, 2),
        )
        for one in after.fields
        for level in one.levels
    )


def _compare(then: ir.Table, now: ir.Table) -> dict[str, Any]:
    """How many records would join somebody, be alone, or change person."""
    both = then.select("partner", "record_id", was="person_id", was_method="method").inner_join(
        now.select("partner", "record_id", is_now="person_id", method="method"),
        ["partner", "record_id"],
    )
    was_alone, is_alone = both.was_method == "alone", both.method == "alone"
    counts: dict[str, Any] = (
        both.aggregate(
            records=both.count(),
            joined=(was_alone & ~is_alone).sum(),
            parted=(~was_alone & is_alone).sum(),
            moved=(both.was != both.is_now).sum(),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    return {name: value or 0 for name, value in counts.items()}
