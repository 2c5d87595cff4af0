"""Fuzz one target with Atheris: `python -m tests.fuzz.fuzz TARGET FOLDER [libFuzzer's options]`.

Findings do not stop it: each kind is written once to FOLDER/findings, input and trace.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["joinedup.intake", "joinedup.partners", "tomllib", "csv"]):
    from tests.fuzz.targets import TARGETS


def kind_of(error: BaseException) -> str:
    """What tells two findings apart: the error's type and the lines that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(one.filename).name}:{one.lineno}" for one in frames[-6:]]
    return hashlib.sha256(" ".join([type(error).__name__, *places]).encode()).hexdigest()[:12]


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    corpus, findings = folder / "corpus" / name, folder / "findings"
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    target = TARGETS[name]

    def one_input(data: bytes) -> None:
        try:
            target(data)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a finding
            path = findings / f"{name}-{kind_of(error)}"
            if not path.exists():
                path.write_bytes(data)
                path.with_suffix(".txt").write_text(traceback.format_exc(), encoding="utf-8")

    options = [f"-artifact_prefix={findings}/{name}-", "-timeout=20", "-rss_limit_mb=3000"]
    atheris.Setup([sys.argv[0], *options, *sys.argv[3:], str(corpus)], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
