"""`Population`: neurons of one kind, with their currents and the width of their potentials."""

from dataclasses import dataclass, field
from math import prod
from typing import Any

from spikewright import InvalidNetwork
from spikewright.snn.checked import Constant
from spikewright.snn.neurons import Neuron, PerChannel
from spikewright.snn.synapses import Shape
from spikewright.weights import Array


@dataclass(frozen=True, eq=False)
class Population(Constant):
    """Neurons of one kind.

    `shape`: `(C, H, W)`, `(C, L)` or `(N,)`; N neurons are N channels. Neurons are numbered row-major over it, and one value
    "for each channel" `(C,)` belongs to all neurons with that first index. `bias`: b of `snn.neurons`, scalar, `(C,)` or
    `shape`; it flows in the steps that `Code.charged` says, layerwise `charge_steps` b flow in step 0. `initial`: V before
    the first step, scalar or `(C,)`; QuantReLU, MaxGate and Source have none and do not look at it. `potential_bits` = B, 2 to
    62, fixed point only: potentials are two's complement words of B bits, sat(U) = min(max(U, -2**(B - 1)), 2**(B - 1) - 1).
    `amplitude`: what one of all that it sends in the run stands for, times `Code.charge_steps`, scalar or `(C,)` in the
    units of the model that the network came from; None where there is no such model. `below`, scalar or `(C,)`: what is taken
    off that, value = amplitude sent / charge_steps - below, where values of the model go that far below zero; else None. No
    engine reads the two.
    """

    name: str
    shape: Shape
    neuron: Neuron
    bias: PerChannel | Array = 0.0
    initial: PerChannel = 0.0
    potential_bits: int | None = None
    amplitude: PerChannel | None = None
    below: PerChannel | None = field(default=None, metadata={"absent": None})

    def __post_init__(self) -> None:
        given: Any = self.shape
        if isinstance(given, list):
            object.__setattr__(self, "shape", tuple(given))
        super().__post_init__()

    @property
    def size(self) -> int:
        """Number of neurons."""
        return prod(self.shape)

    @property
    def width(self) -> int:
        """B of `potential_bits`, which every population of a fixed-point network has whose neurons have a potential.

        Raises InvalidNetwork where there is none.
        """
        if self.potential_bits is None:
            raise InvalidNetwork(
                f"expected a declared width of the potentials of {self.name!r}, got none; try network.to_fixed()"
            )
        return self.potential_bits
