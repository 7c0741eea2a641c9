"""Neurons that fire in steps: what each record refuses, and what it says of itself."""

import numpy as np
import pytest

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import IF, LIF, Burst, LatchedIF, SignedIF, TernaryIF


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: IF(0.0), "thresholds > 0"),
        (lambda: IF(1.0, "off"), 'reset "subtract" or "zero"'),
        (lambda: IF(1.0, refractory=-1), "refractory steps"),
        (lambda: LIF(1.0, 1.0), r"leak in \(0, 1\)"),
        (lambda: LIF(1.0, np.nan), "try IF for a neuron without leak"),
        (lambda: SignedIF(1.0, 0), "limit of a SignedIF"),
        (lambda: TernaryIF(1.0, -1.0), "thresholds > 0"),
        (lambda: Burst(1.0, 128), "1 to 127 spikes a step"),
    ],
)
def test_what_a_record_refuses(make, words) -> None:
    with pytest.raises((InvalidNetwork, InvalidInput), match=words):
        make()


def test_arrays_of_a_record_are_its_own() -> None:
    threshold = np.ones(3, np.float32)
    neuron = IF(threshold)
    threshold[0] = 9.0
    assert neuron.threshold[0] == 1.0 and not neuron.threshold.flags.writeable


def test_latched_neurons_fire_once() -> None:
    assert (LatchedIF(1.0).reset, LatchedIF(1.0).latches) == ("zero", True) and LatchedIF(1.0).refractory >= 1_000_000
    assert (Burst(1.0, 3).most, SignedIF(1.0).signed, LIF(1.0, 0.5).leak) == (3, True, 0.5)


@pytest.mark.parametrize(("leak", "words"), [(0.3, r"a leak 2\*\*-k"), (2.0**-63, "at least 2")])
def test_a_leak_in_integers_is_a_shift(leak, words) -> None:
    LIF(4.0, 0.25).check_whole("a")
    with pytest.raises(InvalidNetwork, match=words):
        LIF(4.0, leak).check_whole("a")
