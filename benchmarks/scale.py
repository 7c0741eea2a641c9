"""`scale`: a generated network with 10**6 neurons and 10**8 explicit synapses in a fresh process, time and memory."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from benchmarks.benchmark import Benchmark
from benchmarks.large import ADDRESS_SPACE, Large
from spikewright import MissingTool

WANTED_BYTES, WANTED_RATE = 8 << 30, 1e8


@dataclass(frozen=True)
class Scale(Large, Benchmark):
    """Peak memory of the whole process and synaptic operations per second and core of a large network."""

    version: ClassVar[int] = 1

    def rows(self, data: str | None) -> Iterator[dict[str, Any]]:
        """One row, without the first run. Raises MissingTool with what the process said when it could not finish."""
        command = [sys.executable, "-m", "benchmarks.large", json.dumps(asdict(self))]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["nothing"]
            raise MissingTool(f"expected {self.synapses:,} synapses within {ADDRESS_SPACE >> 30} GiB, got: {last[0]}")
        yield json.loads(done.stdout.splitlines()[-1])


def meets(row: dict[str, Any]) -> bool:
    """Whether the wanted figures were reached."""
    return row["peak_bytes"] <= WANTED_BYTES and row["synaptic_operations_per_s_and_core"] > WANTED_RATE
