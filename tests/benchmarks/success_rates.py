"""How often does it learn? Trains each published task from several seeds and writes success_rates.md, failures included.

    python tests/benchmarks/success_rates.py                    # every task, ten seeds: about an hour on one core
    python tests/benchmarks/success_rates.py --seeds 3 --tasks reber copy

A training is stopped at the first look (after every so many updates) at which 512 fresh sequences reach the task's goal,
or when its time is over; that is then a failure.
"""

import argparse
import os
import platform
import statistics
import time
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402

import py_lstm  # noqa: E402
from py_lstm import Experiment, Trainer  # noqa: E402

TABLE = Path(__file__).with_name("success_rates.md")
FRESH = 512


class Case(NamedTuple):
    """A row: its name, the experiment, updates between two looks, and seconds after which a seed has failed."""

    name: str
    fields: dict
    look: int
    seconds: float


CASES = {case.name: case for case in (
    Case("reber", dict(task="reber"), 250, 120),
    Case("temporal order, half length", dict(task="temporal_order", length=50, hidden_size=8), 25, 120),
    Case("temporal order, full length", dict(task="temporal_order"), 50, 240),
    Case("adding 2015, T=50", dict(task="adding_2015", length=50), 100, 180),
    Case("adding 2015, T=100", dict(task="adding_2015", length=100), 100, 300),
    Case("adding 2015, T=50, forget bias 0", dict(task="adding_2015", length=50, forget_bias=0), 100, 120),
    Case("adding 1997, T=50", dict(task="adding_1997", length=50), 200, 300),
    Case("copy", dict(task="copy"), 250, 240),
)}


def trained(case: Case, seed: int) -> dict:
    """One seed of one row: whether it reached the goal, after how many sequences and seconds, and the last score."""
    trainer, start = Trainer(Experiment(**case.fields, seed=seed)), time.process_time()
    while True:
        for _ in range(case.look):
            trainer.update()
        score, seconds = trainer.evaluate(FRESH), time.process_time() - start
        reached = trainer.experiment.about.reached(score)
        if reached or seconds > case.seconds:
            return {"reached": reached, "seconds": seconds, "score": score,
                    "sequences": len(trainer.losses) * trainer.experiment.batch_size}


def row(case: Case, results: list[dict]) -> str:
    """A line of the table."""
    experiment = Experiment(**case.fields)
    good = [result for result in results if result["reached"]]
    typical = [f"{statistics.median(result[name] for result in good):,.0f}" if good else "-" for name in ("sequences", "seconds")]
    failures = ", ".join(f"{result['score']:.3g}" for result in results if not result["reached"]) or "-"
    goal = f"{'≤' if experiment.about.lower_is_better else '≥'} {experiment.about.goal:g}"
    biases = f"{experiment.forget_bias:g}" + (f", {experiment.input_bias:g}" if experiment.input_bias else "")
    return (f"| {case.name} | {experiment.hidden_size} | {experiment.batch_size} | {biases} | {experiment.about.metric} {goal} | "
            f"{experiment.about.clueless(experiment.length):.3g} | **{len(good)} of {len(results)}** | {typical[0]} | {typical[1]} | "
            f"{case.seconds:g} | {failures} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--tasks", nargs="+", choices=CASES, default=list(CASES), metavar="TASK", help=", ".join(CASES))
    parser.add_argument("--output", type=Path, default=TABLE)
    given = parser.parse_args()
    rows = []
    for name in given.tasks:
        results = []
        for seed in range(given.seeds):
            results.append(trained(CASES[name], seed))
            print(name, seed, results[-1], flush=True)
        rows.append(row(CASES[name], results))
        given.output.write_text("\n".join([
            "# How often it learns", "",
            f"Written by `success_rates.py`, seeds 0 to {given.seeds - 1}, py_lstm {py_lstm.__version__}, NumPy {np.__version__}, Python "
            f"{platform.python_version()}, one thread of a machine that was busy with other work. Adam, learning rate 0.01, gradient "
            f"norm clipped at 1. A seed succeeds when {FRESH} fresh sequences reach the goal before its time is over; sequences and "
            "seconds (of the processor) are medians of the seeds that succeeded. "
            + ("" if len(given.tasks) == len(CASES) else "Rows of the script that are not here were not run."), "",
            "| task | units | batch | forget, input bias | goal | knows nothing | succeeded | sequences | seconds | time limit | "
            "scores of the failures |", "|" + "---|" * 11, *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
