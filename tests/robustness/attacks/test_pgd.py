"""Projected gradient descent: nothing stands in the whole box, and settings that cannot work are refused."""

from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.robustness import PGD, SnnPredictor
from spikewright.snn import Network


@pytest.mark.parametrize("name", ["ann", "snn", "ttfs"])
def test_pgd_with_the_whole_box_leaves_nothing_standing(request: Any, digits: Any, name: str) -> None:
    predictor = request.getfixturevalue(name)
    assert PGD(40)(predictor, digits.images, digits.labels, 1.0).success.all()


def test_fixed_point_falls_as_well(rate_network: Network, digits: Any) -> None:
    assert PGD(40)(SnnPredictor(rate_network.to_fixed()), digits.images, digits.labels, 1.0).success.all()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"steps": 0}, "steps to be a whole number from 1"),
        ({"steps": True}, "steps to be a whole number"),
        ({"restarts": 0}, "restarts to be a whole number from 1"),
        ({"norm": "l1"}, "norm to be 'linf' or 'l2', got 'l1'"),
        ({"step_size": 0.0}, "step_size to be a number above 0 or none"),
        ({"step_size": float("inf")}, "step_size to be a number above 0"),
        ({"loss": "hinge"}, "loss to be 'ce', 'margin' or 'both', got 'hinge'"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        PGD(**settings)


def test_falling_steps_end_at_a_fiftieth() -> None:
    lengths = PGD(11)._lengths
    assert [lengths.at(0), lengths.at(10)] == [1.0, pytest.approx(1 / 50)]
    assert PGD(11, step_size=0.3)._lengths.at(7) == pytest.approx(0.3)
