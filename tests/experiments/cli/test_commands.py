"""Every option of every recipe has a flag, and the flags are the recipe."""

import pytest

from spikewright.conversion import Exact, FewSpike, Latency, Phase, Rate, Ttfs
from spikewright.experiments.cli.arguments import RECIPE
from spikewright.experiments.cli.asked import record
from spikewright.experiments.cli.parser import make_parser
from spikewright.experiments.families import RECIPES

PROGRAMMED = {"residual", "seed"}
"""Options without a flag: a method whose two runs are a call of their own, and the command's --seed."""


@pytest.mark.parametrize("name", RECIPES)
def test_every_option_of_every_recipe_has_a_flag(name: str) -> None:
    assert {option.name for option in RECIPES.options(name)} <= {*RECIPE.by_name(), *PROGRAMMED}


def read(*arguments: str) -> object:
    options = make_parser().parse_args(["convert", "--seed", "3", *arguments])
    return record(RECIPES, options.recipe, RECIPE.given(options), options.seed)


FLAGGED = [
    ((), Rate(7)),
    (("--steps", "4", "--percentile", "99.5", "--calibration", "none"), Rate(4, percentile=99.5, calibration=None)),
    (("--neuron", "signed", "--initial", "shift"), Rate(7, neuron="signed", initial="shift")),
    (("--threshold", "max", "--no-per-channel"), Rate(7, threshold="max", per_channel=False)),
    (("--recipe", "ttfs", "--percentile", "99", "--levels", "15"), Ttfs(percentile=99.0, levels=15)),
    (("--recipe", "exact", "--schedule", "synchronous", "--window", "2"), Exact("synchronous", 2)),
    (("--recipe", "phase", "--period", "5"), Phase(5)),
    (("--recipe", "few-spike", "--fit", "learned"), FewSpike(8, fit="learned", seed=3)),
    (("--recipe", "latency"), Latency(64)),
    (("--recipe", "phase,period=5,periods=2"), Phase(5, 2)),
    (("--recipe", "rate,steps=9", "--steps", "4", "--initial", "zero"), Rate(9, initial="zero")),
]


@pytest.mark.parametrize(
    ("arguments", "expected"), FLAGGED, ids=lambda value: " ".join(value) if type(value) is tuple else ""
)
def test_flags_are_the_recipe(arguments: tuple[str, ...], expected: object) -> None:
    assert read(*arguments) == expected


def test_limits_of_layers() -> None:
    assert dict(read("--neuron", "burst", "--limits", "conv1=2", "fc=5").limits) == {"conv1": 2, "fc": 5}  # type: ignore[attr-defined]
