"""What a step used, counted where the amount is known beforehand."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from joinedup.actions.steps import Step, Steps

MB = 1_000_000


def measured(what: object) -> Step:
    steps = Steps(tell=lambda _: None)
    with steps.measured("a step", "Doing it"):
        what()  # type: ignore[operator]
    return steps.done[0]


def test_memory_held_and_let_go_within_the_step_is_seen() -> None:
    def hold() -> None:
        held = bytearray(200 * MB)
        held[::4096] = b"x" * len(held[::4096])
        time.sleep(0.2)

    idle = measured(lambda: None)
    assert measured(hold).peak_mb - idle.peak_mb >= 180
    assert measured(lambda: None).peak_mb - idle.peak_mb < 180, "each step has its own peak"


def test_bytes_read_and_written_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "bytes"

    def write_and_read() -> None:
        path.write_bytes(b"x" * 30 * MB)
        path.read_bytes()
        path.read_bytes()

    step = measured(write_and_read)
    if step.read_bytes is None or step.written_bytes is None:
        pytest.skip("this platform does not count bytes")
    assert 30 * MB <= step.written_bytes < 31 * MB
    assert 60 * MB <= step.read_bytes < 61 * MB


def test_a_child_process_counts_with_its_time_and_memory() -> None:
    words = "held = bytearray(300_000_000); held[::4096] = b'x' * len(held[::4096])\n"
    words += "import time; end = time.process_time() + 1.5\nwhile time.process_time() < end: pass"

    def run_child() -> None:
        subprocess.run([sys.executable, "-c", words], check=True)

    idle, step = measured(lambda: None), measured(run_child)
    assert step.cpu_seconds >= 1.4
    assert step.peak_mb - idle.peak_mb >= 250
