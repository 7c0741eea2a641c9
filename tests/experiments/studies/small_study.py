"""A study of three cells that takes seconds."""

from typing import Any

from spikewright.experiments.studies.spec import Study, make_study

SMALL: dict[str, Any] = {
    "name": "small",
    "dataset": {"train": 120, "test": 30},
    "model": {"architecture": "small_cnn", "training": {"epochs": 1, "batch_size": 32}},
    "conversions": [{"name": "rate", "recipe": "rate", "steps": 3, "samples": 40}],
}


def small(**changes: Any) -> Study:
    """The study with other fields."""
    return make_study({**SMALL, **changes})
