"""`startup`: what the first simulation of a process costs over the run itself, with and without kernels on disk."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from benchmarks.benchmark import Benchmark
from spikewright import MissingTool, Table

WANTED_CACHED_S, WANTED_COLD_S = 1.0, 60.0
NETWORK = "small-digits"


@dataclass(frozen=True)
class Startup(Benchmark):
    """Seconds of import, of the first and of a later simulation, in fresh processes.

    A temporary cache folder is empty for the first process and full for those after it. Fixed point and float32 kernels both;
    `over_run_s` is the first call less the later one.

    repeats: processes that find kernels in the cache.
    """

    version: ClassVar[int] = 1
    repeats: int = 3

    def rows(self, data: str | None) -> Iterator[dict[str, Any]]:
        """Rows "nothing cached" and "kernels cached"."""
        with tempfile.TemporaryDirectory() as folder:
            yield {"state": "nothing cached", **_process(folder)}
            for _ in range(self.repeats):
                yield {"state": "kernels cached", **_process(folder)}


def fast_enough(table: Table) -> bool:
    """The fastest cached start and the cold one, against what is wanted."""
    cached = min(table.where(state="kernels cached")["over_run_s"])
    cold = max(table.where(state="nothing cached")["over_run_s"])
    return cached < WANTED_CACHED_S and cold < WANTED_COLD_S


def _process(cache: str) -> dict[str, float]:
    from benchmarks.case import load_case

    with tempfile.TemporaryDirectory() as folder:
        case = load_case(NETWORK, None, 7)
        paths = [f"{folder}/float32.safetensors", f"{folder}/fixed.safetensors"]
        case.network.save(paths[0])
        case.fixed.save(paths[1])
        command = [sys.executable, "-m", "benchmarks.first", *paths]
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise MissingTool(f"expected a simulation in a fresh process, got: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
