"""A store of a million rows, made as a study makes one: what it takes to write, to ask, to report, and to open the page.

    python -m benchmarks.runs.million 1000000 /dev/shm

prints one row. The rows are design points and accuracies under noise, of the tables that a report reduces before it reads them,
with numbers that are drawn.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.runs.browser import opened_s
from benchmarks.runs.empty import SMALL
from benchmarks.runs.spending import resident_mb, spending
from spikewright.experiments.records.querying import Results
from spikewright.experiments.records.reading import Tables
from spikewright.experiments.records.record import Rows
from spikewright.experiments.report.page import write_report
from spikewright.experiments.report.reduced import CHOICES, Reduced
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Stage
from spikewright.experiments.studies.spec import make_study
from spikewright.experiments.studies.study import StudyResult, run_study

STAGE = "benchmarks.runs.million:Drawn"
ROWS = 2_000
"""Rows of one cell."""
NETWORKS = ("short", "long")
SECTIONS = {
    "conversions": [{"name": name, "recipe": "rate", "steps": 4 * (place + 1), "samples": 40, "fixed": {}}
                    for place, name in enumerate(NETWORKS)],
    "robustness": {"images": 20, "noise": [{"kind": "gaussian", "strengths": [0.1]}],
                   "attacks": [{"kind": "fgsm", "epsilons": [0.1]}]},
    "hardware": {"images": 20},
}  # fmt: skip
"""What a report says of rows is read off these sections of a study, too."""
NOISES = ("GaussianNoise", "SaltAndPepper", "SpikeDeletion", "WeightFault", "ThresholdVariation", "StuckNeurons")
ASKED = {
    "rows of cells": "select count(*) from cells",
    "best of a network": "select model, max(accuracy) from robustness group by model",
    "join": "select c.stage, count(*) from robustness r join cells c using (cell) group by c.stage",
}
"""What people ask besides the report."""


@dataclass(frozen=True)
class Drawn(Stage):
    """Rows that are drawn.

    value: what tells a cell from others; cells of even numbers have design points, the others accuracies under noise.
    rows: how many.
    """

    value: int = 0
    rows: int = ROWS

    def run(self, work: Work) -> Rows:
        """The rows; equal for the same value."""
        numbers = np.random.default_rng(self.value).random((self.rows, 4))
        if self.value % 2:
            return {"robustness": [self._noise(place, *row) for place, row in enumerate(numbers.tolist())]}
        return {"hardware": [self._design(place, *row) for place, row in enumerate(numbers.tolist())]}

    def _design(self, place: int, a: float, b: float, c: float, d: float) -> dict[str, Any]:
        lut, latency = 500 * 200**a, 10 * 1000**b
        energy = 3e-5 * lut * latency * (0.5 + c)
        spread = {f"{name}{end}": value * by for name, value in (("lut", lut), ("latency_us", latency),
                  ("asic45_energy_nj", 900 * energy), ("fpga_energy_uj", energy))
                  for end, by in (("", 1.0), ("_low", 0.8), ("_high", 1.3))}  # fmt: skip
        known = {"point": place, "candidate": self.value, "architecture": "sweep", "physical_neurons": f"{place}/64/10"}
        parts = {"ff": 1.2 * lut, "bram36": float(int(60 * d)), "dsp": 0.0, "weight_memory_bits": 8192}
        times = {"latency_cycles": int(100 * latency), "interval_cycles": int(90 * latency)}
        told = {"network": NETWORKS[self.value // 2 % len(NETWORKS)], "chosen": False, "accuracy": 0.9 + 0.1 * d}
        return {
            **known,
            "device": "xc7a100t",
            "clock_mhz": 100.0,
            "fits": lut < 63400,
            **parts,
            **times,
            **spread,
            **told,
        }

    def _noise(self, place: int, a: float, b: float, c: float, d: float) -> dict[str, Any]:
        strength = round(0.05 * (place % 9), 2)
        accuracy = 0.98 - strength * a
        what = {"model": ("ann", *NETWORKS)[place % 3], "perturbation": NOISES[place // 9 % 6], "strength": strength}
        told = {"accuracy": accuracy, "low": accuracy - 0.02 * b, "high": accuracy + 0.02 * c, "over": "images"}
        return {**what, **told, "samples": 450, "chips": None, "note": None, "kind": "noise", "draw": self.value}


def measured(count: int, place: Path) -> dict[str, Any]:
    """One row: seconds of the processor for what is written, on the clock for what is asked and opened."""
    parts = [{"stage": STAGE, "name": f"c{n}", "value": n, "subjects": ["ann"]} for n in range(count // ROWS)]
    study = make_study({**SMALL, **SECTIONS, "name": "million", "stages": parts})
    base = resident_mb()
    with TemporaryDirectory(dir=place) as folder:
        with spending() as written:
            result = run_study(study, folder)
        tables = {path.name: path.stat().st_size / 2**20 for path in result.store.tables.glob("*.csv")}
        with spending() as page:
            path = write_report(result)
        row = {"rows": _count(result) if result.complete else 0, "write_s": written.here_s, "report_s": page.here_s}
        row |= {"page_kb": path.stat().st_size / 1024, "csv_mb": sum(tables.values())}
        row |= {"write_mb": written.most_mb - base, "report_mb": page.most_mb - base}
        row |= {f"ask {name}": seconds for name, seconds in _asked(result).items()}
        return {name: round(value, 3) for name, value in {**row, **opened_s(path)}.items()}


def _count(result: StudyResult) -> int:
    return sum(Reduced(Tables(result.store)).counts.values())


def _asked(result: StudyResult) -> dict[str, float]:
    """Seconds on the clock for each question of the report, counting included, and of people."""
    questions = {**ASKED, **{name: question for name, (question, _) in CHOICES.items()}}
    results = Results(result.store)
    found = {name: _seconds(partial(results.query, question)) for name, question in questions.items()}
    return {**found, "counts": _seconds(lambda: Reduced(Tables(result.store)).counts)}


def _seconds(call: Callable[[], object]) -> float:
    """The least of three times."""
    found = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), Path(sys.argv[2]))))
