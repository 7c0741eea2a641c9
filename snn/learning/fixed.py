"""A learned winner-take-all network in integers: what hardware runs, and the plain statement of its steps.

One step t, all numbers integers in one unit, >> the arithmetic shift:

    S = sum of the weights of the inputs that fire in t, less `inhibition` for every neuron but the one that fired in t - 1
    U = sat(V - (V leak >> leak_shift) + S), or 0 in the `deaf` steps after a spike of its own
    of the neurons with U >= threshold the one with the largest U - threshold fires, the lowest number of equal ones: its V = 0
    V = U in the others

sat saturates once a step, at `potential_bits`. An image begins at V = 0. It is the law of `snn.learning.run` without learning:
its decay takes off a share leak / 2**leak_shift, and its weights, thresholds (with theta) and inhibition are rounded.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.snn.checked import is_whole
from spikewright.snn.learning.records import Learned

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FixedWinners:
    """`weights (inputs, neurons)` >= 0 and `thresholds (neurons,)` > 0; `steps` of an image; see the law of this module."""

    weights: Whole
    thresholds: Whole
    inhibition: int
    leak: int
    leak_shift: int
    deaf: int
    steps: int
    potential_bits: int

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or self.weights.shape[1:] != self.thresholds.shape or not self.weights.size:
            got = f"{self.weights.shape} and {self.thresholds.shape}"
            raise InvalidInput(f"expected weights (inputs, neurons) and a threshold for each neuron, got {got}")
        if self.weights.min() < 0 or self.thresholds.min() < 1:
            raise InvalidInput("expected weights >= 0 and thresholds >= 1, got smaller ones; try more bits")
        if self.inhibition < 0 or self.deaf < 0 or self.steps < 1:
            got = f"{self.inhibition}, {self.deaf} and {self.steps}"
            raise InvalidInput(f"expected inhibition and deaf steps >= 0 and a step or more, got {got}")
        if not 0 <= self.leak < 1 << self.leak_shift:
            raise InvalidInput(f"expected a leak in [0, 1), got {self.leak} / 2**{self.leak_shift}")
        if not 2 <= self.potential_bits <= 62:
            raise InvalidInput(f"expected potentials of 2 to 62 bits, got {self.potential_bits}")

    @property
    def drive_bound(self) -> int:
        """The largest |S|."""
        return int(max(self.weights.sum(axis=0).max(), self.inhibition))


def fixed_winners(
    learned: Learned, weight_bits: int = 8, leak_shift: int = 10, potential_bits: int = 24
) -> FixedWinners:
    """A learned network in integers: the largest weight is 2**`weight_bits` - 1. Raises InvalidInput for other bits than 1 to 16.

    Rounded are weights, thresholds, inhibition and the leak, step / tau.
    """
    if not is_whole(weight_bits, 1, 16) or not is_whole(leak_shift, 1, 20):
        raise InvalidInput(
            f"expected 1 to 16 bits of weights and a shift of 1 to 20, got {weight_bits} and {leak_shift}"
        )
    network, cell = learned.network, learned.network.neuron
    unit = float(learned.weights.max()) / (2**weight_bits - 1) or 1.0
    thresholds = np.maximum(_rounded((cell.threshold + learned.theta.astype(np.float64)) / unit), 1)
    return FixedWinners(
        _rounded(learned.weights.astype(np.float64) / unit),
        thresholds,
        int(_rounded(network.inhibition / unit)),
        int(_rounded(network.shown.step_ms / cell.tau_ms * 2**leak_shift)),
        leak_shift,
        round(cell.refractory_ms / network.shown.step_ms),
        network.shown.steps,
        potential_bits,
    )


def run_winners(network: FixedWinners, spikes: Any) -> tuple[Whole, Whole]:
    """Who fires, and V after each step, both `(steps, neurons)`, for the inputs that fire, `spikes (steps, inputs)`.

    Raises InvalidInput for another shape.
    """
    given = np.asarray(spikes).astype(np.int64)
    if given.shape != (network.steps, len(network.weights)):
        raise InvalidInput(f"expected spikes {(network.steps, len(network.weights))}, got {given.shape}")
    neurons, top = len(network.thresholds), 2 ** (network.potential_bits - 1) - 1
    V, deaf, before = np.zeros(neurons, np.int64), np.zeros(neurons, np.int64), -1
    fired, kept = np.zeros((network.steps, neurons), np.int64), np.zeros((network.steps, neurons), np.int64)
    for step, now in enumerate(given):
        S = now @ network.weights
        if before >= 0:
            S -= network.inhibition * (np.arange(neurons) != before)
        U = np.clip(V - (V * network.leak >> network.leak_shift) + S, -top - 1, top)
        U[deaf > 0] = 0
        excess = U - network.thresholds
        before = int(excess.argmax()) if excess.max() >= 0 else -1
        V, deaf = U, np.maximum(deaf - 1, 0)
        if before >= 0:
            fired[step, before], V[before], deaf[before] = 1, 0, network.deaf
        kept[step] = V
    return fired, kept


def _rounded(values: Any) -> Whole:
    whole: Whole = np.floor(np.asarray(values) + 0.5).astype(np.int64)
    return whole
