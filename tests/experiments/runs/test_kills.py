"""What `kill -9` does to a run, for real: small here, whole by `python -m tests.experiments.runs.kills`."""

import sys
from pathlib import Path

import pytest

from tests.experiments.runs.kills import killed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")


@pytest.mark.parametrize("victim", ["runner", "worker"])
def test_killed_runs_end_with_the_store_of_an_undisturbed_run(tmp_path: Path, victim: str) -> None:
    assert killed(tmp_path, 16, 2, "processes", victim).wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["runner", "worker", "scheduler"])
def test_so_do_those_on_the_workers_of_a_scheduler(tmp_path: Path, victim: str) -> None:
    pytest.importorskip("distributed")
    assert killed(tmp_path, 16, 1, "dask", victim).wrong == []
