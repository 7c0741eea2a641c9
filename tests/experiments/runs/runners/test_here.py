"""One order at a time, in this process."""

from pathlib import Path

from spikewright.experiments.runs.orders import Order, bare
from spikewright.experiments.runs.runners.here import HereRunner
from tests.experiments.records.made_records import store_in
from tests.experiments.runs.cheap import cheap


def test_an_order_is_carried_out_when_its_outcome_is_asked_for(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first, second = cheap("first"), cheap("second")
    with HereRunner() as runner:
        for cell in (first, second):
            runner.start(Order(bare(cell), {}, str(tmp_path), store.number))
        assert runner.busy == 2 and not store.holds(first.folder)
        assert [made.key for made in runner.outcomes(0)] == [first.key] and runner.busy == 1
    assert runner.busy == 0 and store.holds(first.folder) and not store.holds(second.folder)
