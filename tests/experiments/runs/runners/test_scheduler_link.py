"""What is said of a scheduler: that it has no workers, that it has gone, that it is another one, that its workers are others."""

from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.experiments.runs.runners import scheduler_link
from spikewright.experiments.runs.runners.scheduler_link import SchedulerLink, difference, facts
from tests.experiments.runs.cluster import Cluster

pytest.importorskip("distributed")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks without pauses."""
    monkeypatch.setattr(scheduler_link, "LOOKED_EVERY_S", 0.0)
    monkeypatch.setattr(scheduler_link, "ALONE_S", 0.0)
    monkeypatch.setattr(scheduler_link, "AGAIN_S", 1)


def test_processes_are_told_apart_by_what_numbers_depend_on() -> None:
    here = facts()
    assert difference(here, dict(here)) == "" and here["python"].count(".") == 1
    assert difference(here, {**here, "numpy": "1"}) == f"numpy 1 instead of {here['numpy']}"
    assert difference(here, {}) == f"spikewright unknown instead of {here['spikewright']}"
    assert difference({**here, "commit": "a"}, {**here, "commit": "b"}) == "commit b instead of a"
    assert difference({**here, "commit": "a"}, {**here, "commit": "unknown"}) == ""  # an installed copy does not know
    assert difference(here, ModuleNotFoundError("No module named 'spikewright'")).startswith("ModuleNotFoundError: No")


def test_no_workers_and_a_scheduler_that_goes_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    with Cluster(0) as cluster:
        link = SchedulerLink(cluster.address, cluster.address)
        assert link.trouble == f"no workers at {cluster.address}; try `dask worker {cluster.address}`"
        assert link.open and not link.look()
        cluster.scheduler.kill()
        cluster.scheduler.wait()
        while link.trouble.startswith("no workers"):
            assert not link.look()
        assert link.trouble == f"no answer from the scheduler at {cluster.address}" and not link.open
        monkeypatch.setattr(scheduler_link, "GONE_S", 0.0)
        with pytest.raises(InvalidInput, match="start it again, and run the same command"):
            link.look()
        link.close()


@pytest.mark.slow
def test_another_scheduler_in_its_place_is_noticed() -> None:
    with Cluster(1) as cluster:
        link = SchedulerLink(cluster.address, cluster.address)
        while not link.workers:
            assert not link.look()
        cluster.kill_scheduler()
        while not link.look():
            pass
        assert link.open
        link.close()


@pytest.mark.slow
def test_workers_of_another_code_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "spikewright"
    other.mkdir()
    (other / "__init__.py").touch()  # a package of this name without anything in it
    with Cluster(0) as cluster:
        link = SchedulerLink(cluster.address, cluster.address)
        monkeypatch.chdir(tmp_path)  # where a process with -m looks first
        cluster.grow(1)
        with pytest.raises(
            InvalidInput, match=r"expected workers with the versions of this process, got \w+: .* at tcp://.*; try"
        ):
            while True:
                link.look()
        link.close()


def test_a_thread_of_dask_that_was_slow_to_begin_is_asked_for_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    calls: list[object] = []

    def client(place: object, **options: object) -> str:
        calls.append(place)
        assert len(calls) > 1
        return "client"

    monkeypatch.setattr(distributed, "Client", client)
    assert scheduler_link.client_of("tcp://127.0.0.1:1", 1) == "client" and len(calls) == 2
