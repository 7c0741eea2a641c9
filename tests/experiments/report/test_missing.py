"""What is missing is told with its reason."""

from pathlib import Path

from spikewright import Table
from spikewright.experiments.report.missing import gaps, missing_sentence, refusals
from spikewright.experiments.studies.study import open_study


def test_a_finished_study_lacks_nothing(finished: Path) -> None:
    result = open_study(finished)
    assert len(gaps(result)) == 0 and "All 3 cells have a result." == missing_sentence(gaps(result), 3)


def test_faults_come_first_with_their_sentence() -> None:
    rows = [{"cell": "b", "kind": "failed", "why": "it broke"}, {"cell": "c", "kind": "waits", "why": "x"},
            {"cell": "d", "kind": "not run", "why": "y"}]  # fmt: skip
    told = missing_sentence(Table.of(rows), 9)
    assert told == "6 of 9 cells have a result. b failed: it broke. 1 waits for one of these in vain. Not run yet: 1."
    many = Table.of({"cell": str(n), "kind": "refused", "why": "no."} for n in range(5))
    assert "0 was refused: no." in missing_sentence(many, 5) and "2 more" in missing_sentence(many, 5)


def test_refusals_inside_cells() -> None:
    layers = Table.of([{"network": "r", "layer": "pool", "kind": "maxpool", "action": "refused", "detail": "try AvgPool2d"},
                       {"network": "r", "layer": "conv", "kind": "conv", "action": "kept", "detail": ""}])  # fmt: skip
    harm = Table.of({"model": "r", "perturbation": "P", "accuracy": None, "note": "no spikes"} for _ in range(3))
    found = refusals({"conversion": layers, "robustness": harm})
    assert found["why"] == ["try AvgPool2d", "no spikes"]
    assert len(refusals({})) == 0
