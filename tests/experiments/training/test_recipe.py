"""Recipes of a training: ranges, learning rates, plain values, logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.experiments.training.recipe import learning_rate
from spikewright.experiments.training.run import TrainLog, TrainRecipe

RECIPE = TrainRecipe(epochs=3, batch_size=16, lr=0.02, shift=1, flip=True, seed=5)


@given(
    steps=st.integers(1, 500),
    place=st.floats(0, 1, exclude_max=True),
    schedule=st.sampled_from(["onecycle", "cosine", "constant"]),
)
def test_learning_rate_stays_between_zero_and_its_peak(steps: int, place: float, schedule: str) -> None:
    rate = learning_rate(TrainRecipe(schedule=schedule, lr=0.1), int(place * steps), steps)
    assert 0 <= rate <= 0.1 * (1 + 1e-12)


def test_onecycle_rises_then_falls() -> None:
    rates = [learning_rate(TrainRecipe(lr=1.0), step, 400) for step in range(400)]
    # Golden: 0.1 at the start, the peak after a quarter, half of it halfway down (100 + 300 / 2), almost 0 at the end.
    assert rates[0] == pytest.approx(0.1) and rates[100] == 1.0
    assert rates[250] == pytest.approx(0.5) and rates[-1] < 1e-4
    assert rates[:101] == sorted(rates[:101]) and rates[100:] == sorted(rates[100:], reverse=True)


@pytest.mark.parametrize(
    "values",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"lr": 0.0},
        {"lr": float("nan")},
        {"weight_decay": -1.0},
        {"optimiser": "magic"},
        {"schedule": "step"},
        {"shift": -1},
        {"label_smoothing": 1.0},
    ],
)
def test_recipe_out_of_range(values: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        TrainRecipe(**values)


def test_recipe_as_plain_values() -> None:
    assert TrainRecipe.from_dict(RECIPE.to_dict()) == RECIPE
    with pytest.raises(InvalidInput, match="colour"):
        TrainRecipe.from_dict({"colour": 1})


def test_empty_log_has_no_accuracy() -> None:
    with pytest.raises(InvalidInput):
        _ = TrainLog().test_accuracy
