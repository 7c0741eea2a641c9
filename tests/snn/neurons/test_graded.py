"""Neurons that send one number: windows, slots and levels."""

import pytest

from spikewright import InvalidNetwork
from spikewright.snn import QuantReLU, Ramp


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Ramp(0.0), "window > 0"),
        (lambda: Ramp(1.0, 0), "levels of a Ramp"),
        (lambda: QuantReLU(0.0, 0, 3), "multipliers > 0"),
        (lambda: QuantReLU(1.0, 63, 3), "shift of a QuantReLU"),
        (lambda: QuantReLU(1.0, 0, 0), "levels of a QuantReLU"),
    ],
)
def test_what_a_record_refuses(make, words) -> None:
    with pytest.raises(InvalidNetwork, match=words):
        make()


def test_the_largest_number_is_the_highest_slot_or_level() -> None:
    assert (Ramp(1.0).most, Ramp(1.0, 7).most, QuantReLU(1.0, 0, 15).most) == (1, 7, 15)
    assert (Ramp(1.0).sends, QuantReLU(1.0, 0, 15).sends) == ("times", "values")


@pytest.mark.parametrize(
    ("ramp", "words"), [(Ramp(1.5, 3), "whole units"), (Ramp(4, 3), "each level"), (Ramp(4), "each level")]
)
def test_slots_in_integers_have_whole_charges(ramp, words) -> None:
    Ramp(6, 3).check_whole("a")
    with pytest.raises(InvalidNetwork, match=words):
        ramp.check_whole("a")
