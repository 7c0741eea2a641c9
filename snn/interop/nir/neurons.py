"""The neurons of a NIR graph as records of ours. NIR's differential equations become steps as a `Convention` says.

    IF    r dt I or r I enters V            LIF    leak = dt / tau or 1 - exp(-dt / tau), r I or leak r I enters V
    I     adds up and never fires

NIR fires at v > v_threshold, so thresholds are the next float32 above; a rest or reset that is not zero shifts the potential
(`interop.laws`). What a unit of input adds to V goes into the weights in front.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.interop.chain import Reals
from spikewright.snn.interop.laws import ForeignLaw, Placed, placed
from spikewright.snn.interop.nir.reading import Reading, numbers, one_for_all, snapped
from spikewright.snn.neurons import Integrator
from spikewright.snn.synapses import Shape


@dataclass(frozen=True)
class _NirNeuron:
    """A node with a state, the shape of its population, and how its numbers are meant."""

    name: str
    node: Any
    shape: Shape
    reading: Reading

    def spread(self, attribute: str) -> Reals:
        """One number for each neuron; one that stands for all is spread out."""
        array = numbers(self.node, self.name, attribute)
        if array.size == 1:
            array = array.reshape(())
        elif array.shape != self.shape:
            raise InvalidNetwork(
                f"expected {attribute} of node {self.name!r} with the shape {self.shape}, got {array.shape}"
            )
        return np.broadcast_to(array, self.shape)

    def leak(self) -> float:
        """The share of V that is lost in a step."""
        convention = self.reading.convention
        tau = one_for_all(numbers(self.node, self.name, "tau"), self.name, "time constant")
        ratio = convention.dt / tau if tau > 0 else np.inf
        leak = ratio if convention.decay == "euler" else -np.expm1(-ratio)
        if not 0.0 < leak < 1.0:
            raise InvalidNetwork(f"expected a leak in (0, 1) in node {self.name!r}, got {leak:.3g}; try another dt")
        return float(leak)

    def gain(self, unit: float) -> Reals:
        """r times `unit`, what a current of one with r = 1 adds to V in a step."""
        return snapped(self.spread("r") * unit)

    def fires(self, leak: float) -> Placed:
        """The record with this share of leak."""
        reading, rest = self.reading, self.spread("v_leak" if leak else "v_reset")
        law = ForeignLaw(
            self.spread("v_threshold").astype(np.float32),
            1.0 - leak,
            current=leak * rest if leak else 0.0,
            reset="by" if reading.reset == "subtract" else "to",
            value=self._value(),
            start=rest if reading.convention.start == "rest" else 0.0,
            strict=reading.convention.fires == "above",
        )
        return placed(law, self.name, self.shape)

    def _value(self) -> Any:
        """What potentials are set to; None where the threshold is taken off instead."""
        value = self.spread("v_reset")
        if self.reading.reset == "zero":
            return value
        if np.any(value):
            raise InvalidNetwork(f"expected v_reset = 0 in node {self.name!r} for a reset by subtraction, got another")
        return None


def neuron_of(name: str, node: Any, shape: Shape, reading: Reading) -> tuple[Placed, Reals]:
    """The record of a node, and what a unit of input adds to its V, which broadcasts against `shape`."""
    return NEURONS[type(node).__name__](_NirNeuron(name, node, shape, reading))


def _integrator(neuron: _NirNeuron) -> tuple[Placed, Reals]:
    return Placed(Integrator(), 0.0, 0.0, 1.0), neuron.gain(_step(neuron))


def _if(neuron: _NirNeuron) -> tuple[Placed, Reals]:
    gain = neuron.gain(_step(neuron))
    return neuron.fires(0.0), gain


def _step(neuron: _NirNeuron) -> float:
    convention = neuron.reading.convention
    return convention.dt if convention.if_current == "time" else 1.0


def _lif(neuron: _NirNeuron) -> tuple[Placed, Reals]:
    """With beta = 1 nothing leaks, and tau and r are infinite."""
    if np.all(np.isinf(np.asarray(neuron.node.tau, dtype=np.float64))):
        return neuron.fires(0.0), np.ones(())
    leak = neuron.leak()
    gain = neuron.gain(leak if neuron.reading.convention.lif_current == "membrane" else 1.0)
    return neuron.fires(leak), gain


NEURONS: dict[str, Callable[[_NirNeuron], tuple[Placed, Reals]]] = {"IF": _if, "LIF": _lif, "I": _integrator}
"""Kind of node with a state -> the record that it becomes."""
