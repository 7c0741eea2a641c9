"""The sweep of exact conversions."""

from pathlib import Path

import pytest

from spikewright.experiments.measuring.exact import holds
from spikewright.experiments.measuring.sweeps import SweepRows
from tests.experiments.measuring.asking import measured

SMALL = ["exact", "--network", "small-digits", "--epochs", "0", "--train-images", "60", "--images", "40"]


def test_every_row_is_equal_and_says_what_it_took(tmp_path: Path) -> None:
    tables = measured(tmp_path, *SMALL, "--bits", "2,3", "--synchronous-images", "20")
    found = list(tables["exact"])
    assert len(found) == 4 and len(tables["accuracy"]) == 3  # of the float model and of two of integers
    for row in found:
        assert row["compared"] == row["logits_equal"] == (20 if row["schedule"] == "synchronous" else 40)
        assert row["unsettled"] == 0 and row["cnn_accuracy"] == row["snn_accuracy"] > 0.8
        assert 0 < row["steps_median"] <= row["steps_max"] <= row["steps_bound"]
        assert 0 < row["spikes"] < row["synaptic_operations"]
    pairs = {(levels, schedule) for levels in (3, 7) for schedule in ("layerwise", "synchronous")}
    assert {(row["levels"], row["schedule"]) for row in found} == pairs
    assert len({row["network"] for row in found}) == 2  # each quantised once, for both schedules


@pytest.mark.parametrize(("equal", "whole"), [(40, True), (39, False)])
def test_all_logits_must_be_equal(equal: int, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SweepRows, "rows", lambda *_: [{"logits_equal": equal, "compared": 40}])
    assert holds(SweepRows([])) is whole
