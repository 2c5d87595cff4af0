"""Invent a population with three years of use and write what its partners would send.

    python benchmarks/synth.py --people 1000000 --work DIR

Promised on two cores: 100,000 people within 60 seconds, 1,000,000 within 10 minutes, in bounded
memory. The peak is the largest process's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
from figures import note

# Seconds promised for so many people.
PROMISED_SECONDS = {100_000: 60, 1_000_000: 600}
_MB = 1024 * 1024


def peak_while(process: subprocess.Popen[bytes]) -> tuple[int, float]:
    """The largest resident memory of the process or any child, and their processor seconds."""
    peak, cpu = 0, {}
    parent = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            for one in (parent, *parent.children(recursive=True)):
                peak = max(peak, one.memory_info().rss)
                times = one.cpu_times()
                cpu[one.pid] = times.user + times.system
        except psutil.Error:
            pass  # it ended between two looks
        threading.Event().wait(0.1)
    return peak // _MB, sum(cpu.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    system = options.work / f"synth-{options.people}"
    command = [sys.executable, "-m", "joinedup"]
    subprocess.run(
        [*command, "init", str(system), "--invented"], check=True, stdout=subprocess.DEVNULL
    )
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "synth", str(system), "--people", str(options.people), "--seed", "1"],
        stdout=subprocess.DEVNULL,
    )
    peak_mb, cpu_seconds = peak_while(process)
    seconds = time.perf_counter() - began
    if process.returncode:
        sys.exit("synth failed")
    size = sum(path.stat().st_size for path in (system / "inbox").rglob("*") if path.is_file())
    note(
        f"synth {options.people:,} people",
        {"seconds": seconds, "cpu_seconds": cpu_seconds, "mb": peak_mb, "bytes": size},
    )
    promised = PROMISED_SECONDS.get(options.people)
    print(
        f"{options.people:,} people: {seconds:.1f} s"
        + (f" (at most {promised})" if promised else "")
        + f", {cpu_seconds:.1f} cpu s, at most {peak_mb:,} MB a process, {size / 1e6:,.0f} MB"
    )


if __name__ == "__main__":
    main()
