"""What a step used, counted where the amount is known beforehand."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from joinedup.actions.steps import Step, Steps

MB = 1_000_000


def measured(what: object) -> Step:
    steps = Steps(tell=lambda _: None)
    with steps.measured("a step", "Doing it"):
        what()  # type: ignore[operator]
    return steps.done[0]


def _hold_200_mb() -> None:
    held = bytearray(200 * MB)
    held[::4096] = b"x" * len(held[::4096])
    time.sleep(0.2)


def _peaks() -> list[int]:
    return [measured(work).peak_mb for work in (_nothing, _hold_200_mb, _nothing)]


def _nothing() -> None:
    pass


def test_memory_held_and_let_go_within_the_step_is_seen() -> None:
    # In a process of its own: this one may be giving earlier tests' memory back meanwhile.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        before, holding, after = fresh.submit(_peaks).result()
    assert holding - before >= 180
    assert after - before < 180, "each step has its own peak"


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
