"""The `joinedup` command: finds its verbs, and turns every error into words and an exit code."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Sequence

import click

from joinedup._version import __version__
from joinedup.cli.output import Exit, show_error, show_warning
from joinedup.terms import JoinedupError, SnapshotWarning

# One line a verb, so that `--help` imports nothing heavy: shown in the order of a first day.
VERBS = {
    "demo": "Make an invented system and run the main job on it.",
    "init": "Make the folder of a new system.",
    "area": "Cut an area pack from the national tables.",
    "synth": "Fill a system's inbox with an invented population's extracts.",
    "check": "Tell what is wrong with one file before it is sent.",
    "run": "Take in what partners sent and publish one population.",
    "status": "What serves, how fresh each feed is, what was refused.",
    "quarantine": "Which rows were refused, and the rows themselves for mending.",
    "person": "One person's history across partners.",
    "measure": "What is measured, what it means, and its values for every footprint.",
    "register": "Who is counted as having what, held against published prevalence.",
    "flow": "How people move between organisations, where they wait, and what if.",
    "risk": "Train a model of who may need care next, on the system's own history.",
    "worklist": "Whom a neighbourhood team should see next, and why.",
    "snapshot": "List, compare, verify, roll back, prune or export snapshots.",
    "linkage": "Explain, score, report on or retrain linkage.",
}


class Verbs(click.Group):
    """A group that imports a verb only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order of a first day."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's own command, from the module of its name."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"joinedup.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="joinedup")
def joinedup() -> None:
    """The operating system of an integrated care system.

    Partners' extracts go in; one linked, checked, pseudonymous population comes out, with every
    row accounted for. Start with 'joinedup demo'.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit: 0 ok, 1 failed, 2 usage, 3 findings."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    for stream in (sys.stdout, sys.stderr):  # Windows consoles may not be UTF-8 by default
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    warnings.simplefilter("always", SnapshotWarning)
    warnings.showwarning = show_warning
    try:
        code = joinedup.main(args=words, prog_name="joinedup", standalone_mode=False)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "joinedup"
        show_error(error.format_message(), where, f"See '{where} --help'.", as_json=as_json)
        code = Exit.USAGE
    except JoinedupError as error:
        show_error(error.what, error.where, error.cure, as_json=as_json)
        code = Exit.FAILED
    except (click.Abort, KeyboardInterrupt):
        show_error("stopped by you.", "", "Nothing half done is kept.", as_json=as_json)
        code = Exit.FAILED
    except OSError as error:
        what = f"the machine refused: {error.strerror or error}."
        cure = "Check the path, the space left and your rights there."
        show_error(what, str(error.filename or ""), cure, as_json=as_json)
        code = Exit.FAILED
    sys.exit(code if isinstance(code, int) else Exit.OK)
