"""Headline numbers follow the tables."""

from pathlib import Path
from typing import Any

from spikewright import Table
from spikewright.experiments.report import cards
from spikewright.experiments.runs.provenance import Provenance
from spikewright.experiments.runs.spec import make_study
from spikewright.experiments.runs.study import StudyResult

ACCURACY = [
    {"network": "ann", "kind": "ANN", "accuracy": 0.9875, "low": 0.97, "high": 0.995, "samples": 400, "seed": 0},
    {"network": "<b>evil</b>", "kind": "SNN", "accuracy": 0.98, "low": 0.96, "high": 0.99, "samples": 400,
     "spikes_per_neuron": 0.25, "seed": 0},
]  # fmt: skip


def result_in(folder: Path, **tables: list[dict[str, Any]]) -> StudyResult:
    """A finished study without tasks, as `write_report` sees it."""
    study = make_study({"name": "demo-digits", "model": {"architecture": "small_cnn"}})
    rows = {"accuracy": ACCURACY, "results": ACCURACY, **tables}
    made = {name: Table.of(found) for name, found in rows.items()}
    return StudyResult(study, folder, made, (), Provenance.of({}, (0,)), 0)


def test_cards_follow_the_tables(tmp_path: Path) -> None:
    made = cards(result_in(tmp_path).tables)
    assert [card.value for card in made] == ["98.8%", "98.0%"]
