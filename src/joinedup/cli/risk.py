"""`joinedup risk`: train a model of who may need care next, and say whether it may be used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from joinedup.cli.output import Exit, say, show_json, show_table, telling

if TYPE_CHECKING:
    from joinedup.actions.risk_training import Trained


@click.group()
def risk() -> None:
    """Risk models: who may need care next, trained on the system's own history."""


@risk.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--outcome", type=click.Choice(["emergency_admission", "rising_need"]),
    default="emergency_admission", help="What to foretell.", show_default=True,
)  # fmt: skip
@click.option(
    "--method", type=click.Choice(["regression", "boosting"]), default="regression",
    help="Only a regression can say why a risk is high.", show_default=True,
)  # fmt: skip
@click.option(
    "--late-knowledge", is_flag=True,
    help="Count what partners told of the time before a date only after it.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def train(folder: Path, outcome: str, method: str, late_knowledge: bool, as_json: bool) -> None:
    """Train a model on the system DIR, test it on the newest whole year, and keep it.

    It learns from the year before, on other people. Model and card go into DIR/risk_models, in
    place of the last. Exit code 3 where the model should not be used: its calibration slope lies
    outside 0.8 to 1.25, or it is no better than age, sex and conditions alone.
    """
    from joinedup.actions.risk_training import Wanted, train_risk

    with telling(quiet=as_json) as tell:
        tell("Training and testing")
        found = train_risk(folder, Wanted(outcome, method, late_knowledge))
    if as_json:
        show_json(found)
    else:
        _show(found)
    if found.faults:
        raise click.exceptions.Exit(Exit.FINDINGS)


def _show(found: Trained) -> None:
    say(f"Risk of {found.outcome.replace('_', ' ')}, model {found.version}", bold=True)
    say(
        f"Trained as at {found.train_on} on {_count(found.trained_people)} people, "
        f"{_count(found.trained_outcomes)} with the outcome in the year after."
    )
    say(
        f"Tested as at {found.test_on} on {_count(found.tested_people)} others, "
        f"{_count(found.tested_outcomes)} with the outcome."
    )
    own, plain = found.model, found.baseline
    show_table(
        ("on the test", "model", "95% interval", "age, sex, conditions", "95% interval"),
        [
            (name, *_cells(getattr(own, figure)), *_cells(getattr(plain, figure)))
            for name, figure in (
                ("c-statistic (0.5 is chance)", "c_statistic"),
                ("calibration slope (1 is right)", "slope"),
                ("calibration in the large (0 is right)", "in_the_large"),
            )
        ],
    )
    for notice in found.notices:
        say(notice)
    for fault in found.faults:
        say(f"It should not be used: {fault}.", fg="red")
    say(f"Model: {found.model_file}")
    say(f"Card: {found.card_file}")


def _count(people: int | None) -> str:
    return "few" if people is None else f"{people:,}"


def _cells(figure: object) -> tuple[str, str]:
    if figure is None:
        return "not known", ""
    value, low, high = (getattr(figure, name) for name in ("value", "low", "high"))
    return f"{value:.3f}", f"{low:.3f} to {high:.3f}"
