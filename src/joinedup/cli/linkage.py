"""`joinedup linkage`: why records are one person, how well, and with what weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from joinedup.cli.output import say, show_json, show_table

if TYPE_CHECKING:
    from joinedup.actions.linkage import Trained
    from joinedup.linkage import Accuracy, Explanation, Quality, Score

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def linkage() -> None:
    """Which records are one person: explain it, score it, report on it, retrain it."""


@linkage.command()
@_FOLDER
@click.argument("partner")
@click.argument("record_id")
@click.option("--show-values", is_flag=True, help="Show the patient's details as well.")
@_JSON
def explain(folder: Path, partner: str, record_id: str, show_values: bool, as_json: bool) -> None:
    """Why the record RECORD_ID of PARTNER joined its person, in words and bits.

    The look is recorded. No patient's details are shown unless you ask for them.
    """
    from joinedup.actions.linkage import explain_link

    told = explain_link(folder, partner, record_id, show_values=show_values)
    if as_json:
        show_json(told)
    else:
        _show_explanation(told)


@linkage.command()
@_FOLDER
@click.option(
    "--truth", metavar="FILE", required=True, type=click.Path(path_type=Path),
    help="CSV or Parquet with partner, record_id and person.",
)  # fmt: skip
@_JSON
def score(folder: Path, truth: Path, as_json: bool) -> None:
    """Precision, recall and F1 over pairs of records, overall and by group.

    Groups come from the truth file where it has a column of that name, else from the records.
    """
    from joinedup.actions.linkage import score_links

    found = score_links(folder, truth)
    if as_json:
        show_json({**_plain(found.overall), "by": found.by})
    else:
        _show_score(found)


@linkage.command()
@_FOLDER
@click.option(
    "--sample", metavar="N", default=0, type=click.IntRange(0),
    help="List N records of each band of weight for clerical review.",
)  # fmt: skip
@_JSON
def report(folder: Path, sample: int, as_json: bool) -> None:
    """What the model expects of its own links, without a truth, and whom to look at."""
    from joinedup.actions.linkage import report_links

    quality = report_links(folder, sample=sample)
    if as_json:
        show_json(quality)
    else:
        _show_quality(quality)


@linkage.command()
@_FOLDER
@_JSON
def train(folder: Path, as_json: bool) -> None:
    """Learn weights from the system's own records; the next run links with them."""
    from joinedup.actions.linkage import train_model

    trained = train_model(folder)
    if as_json:
        show_json(trained)
    else:
        _show_training(trained)


def _plain(accuracy: Accuracy) -> dict[str, float | int | None]:
    return {
        "precision": accuracy.precision,
        "recall": accuracy.recall,
        "f1": accuracy.f1,
        "pairs": accuracy.pairs,
    }


def _show_explanation(told: Explanation) -> None:
    say(f"{told.partner} {told.record_id} is {told.person_id}")
    say(f"  {told.rule}")
    if told.matched_record_id is None:
        return
    weight = "" if told.match_weight is None else f", match weight {told.match_weight:.1f} bits"
    say(f"  Compared with {told.matched_partner} {told.matched_record_id}{weight}:")
    shown = any(part.this or part.other for part in told.parts)
    head = ("field", "what they say", "bits", *(("this record", "the other") if shown else ()))
    show_table(
        head,
        [
            (
                part.field.replace("_", " "),
                part.said,
                f"{part.bits:+.1f}",
                *((part.this or "", part.other or "") if shown else ()),
            )
            for part in told.parts
        ],
    )


def _show_score(found: Score) -> None:
    rows = [("all", "", *_row(found.overall))]
    for group, values in found.by.items():
        rows += [(group.replace("_", " "), value, *_row(one)) for value, one in values.items()]
    show_table(("by", "", "precision", "recall", "F1", "true pairs"), rows)


def _row(one: Accuracy) -> tuple[str, str, str, int]:
    shares = (one.precision, one.recall, one.f1)
    precision, recall, f1 = ("none" if share is None else f"{share:.4f}" for share in shares)
    return precision, recall, f1, one.pairs


def _show_quality(quality: Quality) -> None:
    say(f"{quality.records:,} records are {quality.persons:,} persons")
    show_table(("joined by", "records"), sorted(quality.by_method.items()))
    say(f"Links of {quality.threshold:.0f} bits and more are made.")
    say(f"Expected false links: {quality.expected_false_links:,.0f} (the model's estimate)")
    say(f"Expected missed links: {quality.expected_missed_links:,.0f} of those compared")
    say(f"Records with two verified NHS numbers: {quality.contested:,}")
    if quality.sample:
        say("For clerical review:")
        show_table(
            ("partner", "record", "bits", "why", "matched"),
            [
                (
                    one.partner,
                    one.record_id,
                    "" if one.match_weight is None else f"{one.match_weight:.1f}",
                    one.reason,
                    f"{one.matched_partner or ''} {one.matched_record_id or ''}".strip(),
                )
                for one in quality.sample
            ],
        )


def _show_training(trained: Trained) -> None:
    show_table(
        ("field", "level", "bits before", "bits after"),
        [
            (
                one.field.replace("_", " "),
                one.level.replace("_", " "),
                f"{one.bits_before:+.1f}",
                f"{one.bits_after:+.1f}",
            )
            for one in trained.levels
        ],
    )
    say(
        f"Of {trained.records:,} records {trained.joined:,} would join somebody, "
        f"{trained.parted:,} would be alone, and {trained.moved:,} would change person."
    )
    say(f"The next run uses {trained.model}; delete it to go back.")
