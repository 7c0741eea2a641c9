"""Headline numbers follow the tables."""

from pathlib import Path
from typing import Any

from spikewright.experiments.report import cards
from spikewright.experiments.studies.study import StudyResult
from tests.experiments.studies.made_results import result_of

ACCURACY = [
    {"network": "ann", "kind": "ANN", "accuracy": 0.9875, "low": 0.97, "high": 0.995, "samples": 400, "seed": 0},
    {"network": "<b>evil</b>", "kind": "SNN", "accuracy": 0.98, "low": 0.96, "high": 0.99, "samples": 400,
     "spikes_per_neuron": 0.25, "seed": 0},
]  # fmt: skip


def result_in(folder: Path, **tables: list[dict[str, Any]]) -> StudyResult:
    """A finished study without cells, as `write_report` sees it."""
    return result_of(folder, **{"accuracy": ACCURACY, **tables})


def test_cards_follow_the_tables(tmp_path: Path) -> None:
    made = cards(result_in(tmp_path).tables)
    assert [card.value for card in made] == ["98.8%", "98.0%"]
