"""When two simulators say the same."""

import pytest

from benchmarks.equality import Agreement


@pytest.mark.parametrize(
    ("images", "other", "fine"), [(16, 1, True), (16, 2, False), (10_000, 10, True), (10_000, 11, False)]
)
def test_rounding_explains_a_thousandth_of_the_predictions_or_one(images: int, other: int, fine: bool) -> None:
    assert Agreement(images, other / images, 0.5, 1e-6).within_rounding is fine
