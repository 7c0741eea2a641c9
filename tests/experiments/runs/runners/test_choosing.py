"""One way to every runner, and what is said where there is none."""

import sys

import pytest

from spikewright import InvalidInput, MissingTool
from spikewright.experiments.runs.runners.choosing import processors, runner_for
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner


def test_one_worker_is_this_process_and_several_are_processes() -> None:
    assert isinstance(runner_for(), HereRunner)
    made = runner_for(3)
    assert isinstance(made, ProcessRunner) and made.slots == 3


@pytest.mark.parametrize(("asked", "made"), [(4, (4, False)), (0, (processors(), True))])
def test_a_cluster_is_fixed_or_grows_with_the_work(
    asked: int, made: tuple[int, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    from spikewright.experiments.runs.runners import dask

    class Noted:
        def __init__(self, address: str | None = None, workers: int = 1, *, adaptive: bool = False) -> None:
            self.said = (address, workers, adaptive)

    monkeypatch.setattr(dask, "DaskRunner", Noted)
    assert runner_for(dask=asked).said == (None, *made)  # type: ignore[attr-defined]
    assert runner_for(scheduler="tcp://[::1]:8786").said == ("tcp://[::1]:8786", 1, False)  # type: ignore[attr-defined]


@pytest.mark.parametrize("given", [{"workers": 2, "dask": 2}, {"dask": 0, "scheduler": "tcp://a:1"}])
def test_two_places_are_refused(given: dict[str, int | str]) -> None:
    with pytest.raises(
        InvalidInput, match=r"expected one of workers, dask and scheduler, got .* and .*; try one of them"
    ):
        runner_for(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "nonsense", "127.0.0.1:8786", "http://a:1", "tcp://", "tcp://a", "tcp://a:x", "tcp://a:0", "tcp://a:65536",
    "tcp://a:-1", "tcp://[::1:8786", "tcp://a:1/b", "tcp://a:1\n", "x" * 300, "/dev/zero"],
)  # fmt: skip
def test_what_is_no_address_is_told_at_once(text: str) -> None:
    with pytest.raises(
        InvalidInput, match=r"expected a scheduler as tcp://HOST:PORT, got .*; try tcp://127.0.0.1:8786"
    ):
        runner_for(scheduler=text)


def test_without_dask_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    for asked in ({"dask": 2}, {"scheduler": "tcp://127.0.0.1:8786"}):
        with pytest.raises(MissingTool, match=r'try pip install "spikewright\[dask\]"'):
            runner_for(**asked)  # type: ignore[arg-type]


def test_fewer_than_one_worker_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 1 worker, got 0"):
        runner_for(0)
