"""One process, 1, 2 and 4 processes, and 1, 2 and 4 workers of a real Dask scheduler give the same rows and files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import read_parts, write_tables
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.running import run
from tests.experiments.records.made_records import store_in
from tests.experiments.runs.cheap import chain
from tests.experiments.runs.cluster import Cluster

CELLS = 24
TOLD = {"numbers": (), "artefacts": (), "cells": ("seconds", "memory_mb", "started", "tries")}
"""The tables, and what of their rows is no result: what it took."""


def rows(folder: Path, runner: Runner) -> dict[str, Any]:
    """All rows of a run of cheap cells that build on each other, without what they took."""
    store = store_in(folder)
    cells = chain(CELLS, steps=3)
    with runner as chosen:
        state = run(cells, store, chosen)
    assert (state.ending, state.stored) == ("finished", CELLS)
    return rows_in(store, [cell.folder for cell in cells])


def rows_in(store: Store, names: list[str]) -> dict[str, Any]:
    """The rows of the store's tables."""
    assert set(write_tables(store, names)) == {*TOLD}
    return {
        name: [
            {key: value for key, value in row.items() if key not in spent} for row in read_parts(store.tables / name)
        ]
        for name, spent in TOLD.items()
    }


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The rows of one process."""
    return rows(tmp_path_factory.mktemp("alone"), HereRunner())


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A scheduler on this machine, to whose workers more come."""
    pytest.importorskip("distributed")
    with Cluster(1) as made:
        yield made


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_processes(tmp_path: Path, alone: dict[str, Any], workers: int) -> None:
    assert rows(tmp_path, ProcessRunner(workers)) == alone


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_of_a_scheduler(tmp_path: Path, alone: dict[str, Any], cluster: Cluster, workers: int) -> None:
    from spikewright.experiments.runs.runners.dask import DaskRunner

    cluster.grow(workers)
    runner = DaskRunner(cluster.address)
    runner.link.client.wait_for_workers(workers, timeout=120)
    assert rows(tmp_path, runner) == alone
