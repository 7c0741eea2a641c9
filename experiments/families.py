"""The tables that studies and the command line read, together: names of methods, substitutes, recipes, attacks, corruptions and
stages."""

from collections.abc import Mapping
from typing import Any

from spikewright.compress.adapting.substitutes.base import SUBSTITUTES
from spikewright.compress.methods import METHODS
from spikewright.conversion import RECIPES
from spikewright.experiments.stages.table import STAGES
from spikewright.robustness import ATTACKS, CORRUPTIONS
from spikewright.tables import Family

__all__ = ["ATTACKS", "CORRUPTIONS", "METHODS", "RECIPES", "STAGES", "SUBSTITUTES", "USUAL", "make"]

USUAL: dict[str, dict[str, Any]] = {
    "pgd": {"steps": 20},
    "training": {"epochs": 60, "batch_size": 32, "lr": 0.05, "shift": 1},
}
"""What a study and the command line take where nothing is said and the record by itself would take something else."""


def make(family: Family[Any], name: str, given: Mapping[str, Any]) -> Any:
    """The record `name` with the settings `given`, and else those that are usual for it; raises InvalidInput as `Family.make`."""
    return family.make(name, {**USUAL.get(name, {}), **given})
