"""Objectives and bounds."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware.exploring.goals import Goals, cost


def test_accuracy_counts_upwards() -> None:
    assert cost("accuracy", 0.9) < cost("accuracy", 0.8) and cost("lut", 8.0) < cost("lut", 9.0)
    assert Goals(["lut"]).objectives == ("lut",)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"objectives": ()}, "a list of columns"),
        ({"objectives": "lut"}, "a list of columns, got 'lut'"),
        ({"bounds": {"lut": "many"}}, "a number as bound of 'lut'"),
        ({"bounds": {"lut": float("nan")}}, "a number as bound of 'lut'"),
        ({"most_points": 0}, "at least one point"),
    ],
)
def test_bad_goals(given, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Goals(**given)


def test_unknown_columns_are_told_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="'luts'; try lut"):
        Goals(("luts",)).check(["ff", "lut"])
    with pytest.raises(InvalidInput, match="'latency'; try latency_us"):
        Goals(("lut",), {"latency": 3.0}).check(["latency_us", "lut"])
