"""A reminder: whoever changes a default changes what stored cells mean, since settings as by default are no part of their key.

Where such a change gives other results, count `version` of the stage up; then, and after a new field or a new record too, write
the line that the test tells into the table below. A change of code that gives other results counts too, and no test sees it: see
CONTRIBUTING.md.
"""

from dataclasses import MISSING, fields
from typing import Any

import pytest

import spikewright.experiments.measuring.__main__  # noqa: F401  so that all measurements are known
from spikewright.compress.methods import METHODS
from spikewright.conversion import RECIPES
from spikewright.experiments.measuring.measurement import Measurement
from spikewright.experiments.records.provenance import content_hash
from spikewright.experiments.stages.table import STAGES
from spikewright.experiments.training.recipe import PruneRecipe, TrainRecipe
from spikewright.robustness import ATTACKS, CORRUPTIONS

BUILT_ON: dict[str, tuple[Any, ...]] = {
    "train": (TrainRecipe, PruneRecipe),
    "compress": tuple(METHODS[name] for name in METHODS),
    "convert": tuple(RECIPES[name] for name in RECIPES),
    "noise": tuple(CORRUPTIONS[name] for name in CORRUPTIONS),
    "attack": tuple(ATTACKS[name] for name in ATTACKS),
}
"""The records that the settings of a stage name."""
KNOWN: dict[str, tuple[int, str]] = {
    "adapt": (2, "5fb006815330"),
    "attack": (2, "a6bbe5f1474f"),
    "compress": (1, "2cfb1465d204"),
    "convert": (1, "40a7aa2bf2e4"),
    "costs": (1, "8c9364860485"),
    "hardware": (5, "b3aea1283a02"),
    "noise": (2, "bc2351ede09d"),
    "simulate": (1, "e10808d43975"),
    "train": (2, "e36cbf52340d"),
}
"""The version of each stage and the digest of the defaults at that version."""


def defaults(record: Any) -> dict[str, str]:
    """The defaults of a record's fields, in words."""
    return {one.name: _default(one) for one in fields(record)}


def _default(one: Any) -> str:
    if one.default_factory is not MISSING:
        return repr(one.default_factory())
    return "none" if one.default is MISSING else repr(one.default)


@pytest.mark.parametrize("name", sorted(STAGES))
def test_other_defaults_are_another_version(name: str) -> None:
    stage = STAGES[name]
    found = content_hash([defaults(record) for record in (stage, *BUILT_ON.get(name, ()))])[:12]
    line = f'"{name}": ({stage.version}, "{found}"),'
    assert KNOWN.get(name) == (stage.version, found), (
        f"expected no other defaults; count version up or not, then {line}"
    )


MEASUREMENTS = [each for each in Measurement.__subclasses__() if each.__module__.startswith("spikewright.")]


@pytest.mark.parametrize("stage", [*STAGES.values(), *MEASUREMENTS], ids=lambda stage: stage.__name__)
def test_each_stage_says_its_version_where_its_code_is(stage: Any) -> None:
    assert vars(stage).get("version", 0) >= 1, f"expected version: ClassVar[int] in {stage.__name__}"


@pytest.mark.parametrize("stage", MEASUREMENTS, ids=lambda stage: stage.__name__)
def test_a_measurement_has_no_defaults_that_its_key_would_miss(stage: Any) -> None:
    assert set(defaults(stage).values()) == {"none"} and len(MEASUREMENTS) >= 8
