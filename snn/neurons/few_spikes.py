"""Neurons whose spikes have another weight in each step, so that a few of them stand for a number."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.neurons.firing import Firing
from spikewright.snn.neurons.record import PerChannel

MOST_FEW = 24
"""The most steps of a FewSpikeIF neuron."""


@dataclass(frozen=True, eq=False)
class FewSpikeIF(Firing):
    """A few spikes of different weight stand for a number (Stoeckl and Maass 2021, their T, h and d). Layerwise only.

    It has its whole charge before its first step. In step k: spike iff U >= threshold * thresholds[k]; then
    V = U - threshold * resets[k], else V = U. This V is not saturated, the U of the next step is. A spike of step k brings
    amplitudes[k] times its weight to the sums S of those that it reaches; it is recorded, and counted in spikes and synaptic
    operations, as one. `threshold`: > 0, scalar, `(channels,)` or one a neuron;
    `thresholds` are factors of it, one for each step. Fixed point needs whole numbers everywhere.

    Binary digits, with thresholds = resets = amplitudes = (4, 2, 1) and threshold 1: a charge of 5.3 fires in step 0 (1.3 is
    left), not in step 1, and in step 2; it has sent 4 + 1. Over K steps that is clip(floor(charge / threshold), 0, 2**K - 1).
    """

    tag: ClassVar[str] = "FewSpike"
    readouts = frozenset()
    schedules = frozenset({"layerwise"})

    threshold: PerChannel
    thresholds: tuple[float, ...]
    resets: tuple[float, ...]
    amplitudes: tuple[float, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        lengths = {len(self.thresholds), len(self.resets), len(self.amplitudes)}
        if len(lengths) > 1 or not 1 <= max(lengths) <= MOST_FEW:
            raise InvalidNetwork(
                f"expected thresholds, resets and amplitudes of one length from 1 to {MOST_FEW} steps, got "
                f"{len(self.thresholds)}, {len(self.resets)} and {len(self.amplitudes)}"
            )
        if not np.all(np.isfinite([*self.thresholds, *self.resets, *self.amplitudes])):
            raise InvalidNetwork("expected finite thresholds, resets and amplitudes, got NaN or infinity")
        if not any(self.amplitudes):
            raise InvalidNetwork("expected an amplitude other than zero")

    @property
    def step_factors(self) -> tuple[float, ...]:
        """The amplitudes."""
        return self.amplitudes

    def check_whole(self, name: str) -> None:
        """Thresholds, resets and amplitudes are whole."""
        if any(x != np.floor(x) or abs(x) >= 2.0**31 for x in (*self.thresholds, *self.resets, *self.amplitudes)):
            raise InvalidNetwork(
                f"expected whole thresholds, resets and amplitudes in the FewSpikeIF neurons of {name!r} for fixed point"
            )
