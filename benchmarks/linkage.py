"""Link invented identities, and let Splink link the same rows as its tutorial does, beside it.

Each route runs in a process of its own, so that its processor time and peak memory are its own.

    python benchmarks/linkage.py                    1 million records, with the peer
    python benchmarks/linkage.py --people 800000    4 million, ours alone
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))

from figures import note
from linkage_people import invent

# The thresholds at which the peer's clusters are scored; it is given the best of them.
PEER_THRESHOLDS = (0.9, 0.99, 0.999, 0.9999, 0.99999)


def score(links: Path, truth: Path) -> dict[str, float]:
    """Pairwise precision, recall and F1 of partner, record_id, person_id against the truth."""
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE both_ AS SELECT person_id, person FROM read_parquet('{links}') "
            f"JOIN read_parquet('{truth}') USING (partner, record_id)"
        )
        right, found, true = (
            connection.execute(
                f"SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM both_ GROUP BY {by})"
            ).fetchall()[0][0]
            for by in ("person_id, person", "person_id", "person")
        )
    return {
        "precision": right / found, "recall": right / true, "f1": 2 * right / (found + true),
    }  # fmt: skip


def ours(identities: Path, links: Path, memory_mb: int) -> None:
    """The route of `joinedup.linkage`, from identities to links on disk."""
    from joinedup.engines import DuckDBEngine
    from joinedup.linkage import link
    from joinedup.safeguards.pseudonyms import Key

    spill = links.parent / "spill"
    with DuckDBEngine(spill=spill, memory_limit_mb=memory_mb) as engine:
        linked = link(engine, engine.read_parquet(identities), key=Key(bytes(32)), run="1")
        engine.write_parquet(linked.links, links)


def peer(identities: Path, links: Path, memory_mb: int) -> None:
    """Splink as its tutorial runs it: estimate, predict, cluster."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory_mb}MB'")
    connection.execute(
        f"""
        CREATE TABLE people AS
        SELECT partner || '|' || record_id AS unique_id, nhs_number,
               nullif(upper(trim(forename)), '') AS first_name,
               nullif(upper(trim(surname)), '') AS surname,
               strftime(birth_date, '%Y-%m-%d') AS dob,
               nullif(upper(replace(postcode, ' ', '')), '') AS postcode
        FROM read_parquet('{identities}')
        """
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("first_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.LevenshteinAtThresholds("postcode", [1, 2]),
            cl.LevenshteinAtThresholds("nhs_number", [1]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("nhs_number"),
            block_on("first_name", "surname", "dob"),
            block_on("first_name", "surname", "postcode"),
            block_on("dob", "postcode"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
        ],
    )
    linker = Linker(DuckDBAPI(connection).register("people"), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("nhs_number"), block_on("first_name", "surname", "dob")], recall=0.95
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("first_name", "surname")
    )
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
    pairs = linker.inference.predict(threshold_match_probability=min(PEER_THRESHOLDS))
    for threshold in PEER_THRESHOLDS:
        began = time.perf_counter()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold)
        _extra.append(time.perf_counter() - began)
        connection.execute(
            f"""COPY (SELECT split_part(unique_id, '|', 1) AS partner,
                             split_part(unique_id, '|', 2) AS record_id, cluster_id AS person_id
                      FROM {clusters.physical_name})
                TO '{links.with_suffix("")}-{threshold}.parquet'"""
        )


# Clustering at each further threshold is for scoring only and is taken off the peer's time.
_extra: list[float] = []


def _measure(route: Callable[[Path, Path, int], None], args: argparse.Namespace) -> None:
    began, before = time.perf_counter(), os.times()
    route(Path(args.identities), Path(args.links), args.memory_mb)
    after, usage = os.times(), resource.getrusage(resource.RUSAGE_SELF)
    extra = sum(_extra[1:])
    figures = {
        "seconds": time.perf_counter() - began - extra,
        "cpu_seconds": after.user + after.system - before.user - before.system,
        "peak_mb": usage.ru_maxrss // 1024,
    }
    print(json.dumps(figures))


def _in_own_process(route: str, identities: Path, links: Path, memory_mb: int) -> dict[str, float]:
    command = [
        sys.executable, __file__, "--route", route, "--identities", str(identities),
        "--links", str(links), "--memory-mb", str(memory_mb),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _told(name: str, figures: dict[str, float]) -> None:
    parts = [f"{key} {value:.4f}" if key in ("precision", "recall", "f1") else f"{key} {value:.1f}"
             for key, value in figures.items()]  # fmt: skip
    print(f"{name:10}", *parts, sep="  ")


def main() -> None:
    """Invent, link by each route, score, and print the figures side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory-mb", type=int, default=5000)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--folder", default=str(Path(tempfile.gettempdir()) / "joinedup-linkage"))
    parser.add_argument("--route", choices=("ours", "peer"), help=argparse.SUPPRESS)
    parser.add_argument("--identities", help=argparse.SUPPRESS)
    parser.add_argument("--links", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.route:
        _measure(ours if args.route == "ours" else peer, args)
        return
    folder = Path(args.folder) / f"{args.people}-{args.seed}"
    identities, truth = invent(folder, people=args.people, seed=args.seed)
    print(f"load {os.getloadavg()[0]:.1f}", f"{args.people} people", sep="  ")
    links = folder / "links.parquet"
    mine = _in_own_process("ours", identities, links, args.memory_mb)
    scored = score(links, truth)
    _told("joinedup", {**mine, **scored})
    name = f"linkage {args.people:,} people"
    note(name, {"seconds": mine["seconds"], "cpu_seconds": mine["cpu_seconds"],
                "mb": mine["peak_mb"]})  # fmt: skip
    for one in ("precision", "recall", "f1"):
        note(f"{name}, {one}", {"share": scored[one]})
    if args.no_peer or args.people > 400_000:
        return
    theirs = _in_own_process("peer", identities, links, 12_000)
    scores = [score(Path(f"{links.with_suffix('')}-{t}.parquet"), truth) for t in PEER_THRESHOLDS]
    best = max(scores, key=lambda one: one["f1"])
    _told("splink", {**theirs, **best})
    print(f"ratio      {theirs['seconds'] / mine['seconds']:.1f} times as fast")


if __name__ == "__main__":
    main()
