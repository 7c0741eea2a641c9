"""The recipe whose counts are integers."""

import pytest

from spikewright import InvalidInput
from spikewright.conversion import Exact


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Exact("both"),  # type: ignore[arg-type]
        lambda: Exact("synchronous", 0),
        lambda: Exact("layerwise", 4),
        lambda: Exact(input_levels=0),
    ],
)
def test_recipes_are_checked(wrong) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        wrong()
