"""The sweep of spike times."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from spikewright.experiments.measuring.sweeps import SweepRows
from spikewright.experiments.measuring.timing import holds
from tests.experiments.measuring.asking import SMALL, measured


def test_exact_times_predict_what_the_model_predicts(tmp_path: Path) -> None:
    found = measured(tmp_path, "timing", *SMALL, "--bits", "4", "8")
    (exact,) = found["exact_times"]
    assert exact["predicted_otherwise"] == 0 and exact["ann_accuracy"] == exact["ttfs_accuracy"] > 0.9
    assert exact["images"] == 30 and 0 < exact["spikes_per_neuron"] < 1 and "differing" not in found
    assert {row["population"] for row in found["clipped"]} and found["time_grid"]["bits"] == [4, 8]


@pytest.mark.parametrize("ties", [[], [True], [True, False]])
def test_only_ties_may_be_predicted_otherwise(ties: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"image": 3, "tie": tie} for tie in ties]
    monkeypatch.setattr(SweepRows, "rows", lambda self, table: rows if table == "differing" else [])
    assert holds(SweepRows([SimpleNamespace()])) is all(ties)  # type: ignore[list-item]
