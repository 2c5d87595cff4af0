"""Other tools read the lake as docs/how-to/read-the-lake.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.systems import InventedSystem

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "read-the-lake.md"


def example(language: str, marker: str) -> str:
    """The page's block of that language that has the marker, as it stands there."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if marker in block]
    return str(found)


def printed(invented: InventedSystem, *words: str) -> str:
    """What a program prints, run where the page's paths lead to the invented system."""
    here = invented.path.parent
    link = here / "my-system"
    if not link.exists():
        link.symlink_to(invented.path, target_is_directory=True)
    done = subprocess.run(
        words, cwd=here, capture_output=True, text=True, encoding="utf-8", check=False,
        timeout=300, stdin=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("tool", "marker"),
    [
        ("duckdb", "import duckdb"),
        ("pyarrow", "import pyarrow.dataset"),
        ("polars", "import polars"),
        ("pyspark", "from pyspark"),
    ],
)
def test_python_reads_every_event(invented: InventedSystem, tool: str, marker: str) -> None:
    pytest.importorskip(tool, reason=f"{tool} is not installed here")
    if tool == "pyspark" and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java, which is not here")
    out = printed(invented, sys.executable, "-c", example("python", marker))
    assert str(invented.outcome["events"]) in re.sub(r"[,_]", "", out)


@pytest.mark.parametrize("package", ["arrow", "duckdb", "nanoparquet"])
def test_r_reads_every_event(invented: InventedSystem, package: str) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed here")
    has = subprocess.run(
        [rscript, "-e", f"quit(status = !requireNamespace('{package}', quietly = TRUE))"],
        check=False, capture_output=True,
    )  # fmt: skip
    if has.returncode:
        pytest.skip(f"R's package {package} is not installed here")
    out = printed(invented, rscript, "-e", example("r", f"library({package})"))
    assert str(invented.outcome["events"]) in out
