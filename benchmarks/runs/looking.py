"""How the memory of a study goes while it makes 2,000 cells that each load a network and images and run one on the other.

    python -m benchmarks.runs.looking 2000 2 /dev/shm

prints one row for each fiftieth of the study.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runs.empty import study_of
from benchmarks.runs.spending import descendants, resident_mb
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.state import RunState
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Stage
from spikewright.experiments.studies.study import run_study

STAGE = "benchmarks.runs.looking:Looked"
POINTS = 50


@dataclass(frozen=True)
class Looked(Stage):
    """How many test images a network answers rightly, with a copy of the images of 8 MB meanwhile.

    value: what tells a cell from others.
    """

    value: int = 0

    def run(self, work: Work) -> Rows:
        """One row; the cell's file is as large as a small network's."""
        import torch

        from spikewright.robustness import AnnPredictor

        data = work.dataset
        images, labels = torch.as_tensor(data.test_images), torch.as_tensor(data.test_labels)
        larger = images.repeat(2**21 // images.numel() + 1, 1, 1, 1)
        predictor = AnnPredictor(work.model("subject"))
        right = int((predictor.predict(larger[: len(images)]) == labels).sum())
        (work.folder / "numbers.bin").write_bytes(bytes(100_000))
        return {"numbers": [{"name": work.cell.name, "number": right}]}


def measured(count: int, workers: int, place: Path) -> list[dict[str, Any]]:
    """Rows: cells that are stored, MB of this process, and of the largest of its workers."""
    rows: list[dict[str, Any]] = []

    def look(state: RunState) -> None:
        if state.stored >= len(rows) * count // POINTS:
            workers_mb = [resident_mb(pid) for pid in descendants()] if workers > 1 else []
            rows.append({"stored": state.stored, "driver_mb": resident_mb(), "worker_mb": max(workers_mb, default=0.0)})

    runner: Runner = ProcessRunner(workers) if workers > 1 else HereRunner()
    with TemporaryDirectory(dir=place) as folder:
        result = run_study(study_of(STAGE, count), folder, runner=runner, observer=look)
    told = {"workers": workers, "right": result.ran == count}
    return [{**told, **{name: round(value, 1) for name, value in row.items()}} for row in rows]


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
