"""Neurons of every kind that there are lanes for but IF and LIF, drawn with all their options."""

from typing import Any

from spikewright import snn
from tests.hardware.cosim.drawn import Neurons, Random


def _threshold(random: Random, shape: tuple[int, ...]) -> Any:
    """One threshold, one for each channel, or one for each neuron."""
    sizes: tuple[Any, ...] = (None, shape[0], shape)
    return random.integers(3, 60, sizes[random.integers(3)])


def _signed(random: Random, shape: tuple[int, ...]) -> Any:
    threshold = _threshold(random, shape) // 8 + 1
    return snn.SignedIF(threshold, None if random.random() < 0.5 else int(random.integers(1, 4)))


def _ternary(random: Random, shape: tuple[int, ...]) -> Any:
    return snn.TernaryIF(_threshold(random, shape), _threshold(random, shape))


def _burst(random: Random, shape: tuple[int, ...]) -> Any:
    limit = 127 if random.random() < 0.1 else int(random.integers(1, 10))
    return snn.Burst(_threshold(random, shape) // 4 + 1, limit)


def _ramp(random: Random, shape: tuple[int, ...]) -> Any:
    levels, slot = int(random.integers(1, 14)), int(random.integers(1, 9))
    return snn.Ramp(levels * slot, levels)


KINDS: dict[str, Neurons] = {"SignedIF": _signed, "TernaryIF": _ternary, "Burst": _burst, "Ramp": _ramp}
"""The kinds by name."""


def mixed(random: Random, shape: tuple[int, ...]) -> Any:
    """Any of them."""
    return list(KINDS.values())[random.integers(len(KINDS))](random, shape)
