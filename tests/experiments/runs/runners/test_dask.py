"""The workers of a real scheduler give what one process gives, and its end is told."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.experiments.runs.running import run
from tests.experiments.records.made_records import store_in
from tests.experiments.runs.cheap import chain, cheap, numbers
from tests.experiments.runs.test_running import made

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A scheduler with three worker processes on this machine."""
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, dashboard_address=":0", memory_limit=0, silence_logs=logging.CRITICAL
    ) as cluster:
        yield cluster.scheduler_address


def test_the_same_as_in_one_process(tmp_path: Path, address: str) -> None:
    from spikewright.experiments.runs.runners.dask import DaskRunner

    made(tmp_path / "one", chain(20))
    bad = cheap("bad", fault="refused")
    with DaskRunner(address) as runner:
        assert runner.slots == 3
        state = run([*chain(20), bad], store_in(tmp_path / "dask"), runner)
    assert (state.stored, state.faults[0]["said"]) == (20, "expected luck, got none; try again")
    assert list(numbers(tmp_path / "one")) == list(numbers(tmp_path / "dask"))
    assert state.about["scheduler"] == address


def test_killed_workers_lose_nothing(tmp_path: Path, address: str) -> None:
    from spikewright.experiments.runs.runners.dask import DaskRunner

    with DaskRunner(address) as runner:
        state = run([cheap("once", fault="once"), *chain(10)], store_in(tmp_path), runner)
    assert state.ending == "finished" and state.stored == 11


def test_a_scheduler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from spikewright.experiments.runs.runners import dask, scheduler_link

    monkeypatch.setattr(scheduler_link, "WAIT_S", 1)
    for place in ("tcp://127.0.0.1:1", "nonsense", "tcp://"):
        with pytest.raises(InvalidInput, match="expected a Dask scheduler at"):
            dask.DaskRunner(place)
