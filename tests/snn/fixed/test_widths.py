"""Widths that may be asked for."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn.fixed.widths import GRID_BITS, Widths


def test_finer_weights_or_inputs_widen_the_widest_grid() -> None:
    assert Widths().widest == 32 and Widths(12, input_levels=1023).widest == 32 + 4 + 2
    assert Widths().start_bits == GRID_BITS and Widths(potential_bits=12).start_bits == 12


@pytest.mark.parametrize(
    "wrong", [{"weight_bits": 1}, {"potential_bits": 3}, {"input_levels": 0}, {"time_levels": np.inf}]
)
def test_out_of_range(wrong) -> None:
    with pytest.raises(InvalidInput, match=f"expected {next(iter(wrong))} from"):
        Widths(**wrong)
