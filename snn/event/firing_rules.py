"""How each neuron answers: one table, record type -> its law's numbers and the two kernels that apply them.

A new neuron is an entry of `FIRING_RULES` and a function that makes its law (`threshold_laws`, `level_laws`), and where no kernel
fits a file of kernels beside `snn.kernels.fire_few`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.event.level_laws import fire_levels, fire_real_levels, levels_law
from spikewright.snn.event.members import Member
from spikewright.snn.event.threshold_laws import (
    burst_law,
    few_law,
    few_product,
    never_law,
    signed_law,
    ternary_law,
    threshold_law,
)
from spikewright.snn.kernels.fire_few import fire_few_fixed, fire_few_float
from spikewright.snn.kernels.fire_general import (
    fire_rule_fixed,
    fire_rule_float,
)
from spikewright.snn.kernels.fire_plain import fire_fixed, fire_float
from spikewright.snn.kernels.fire_steady import fire_steady_fixed, fire_steady_float
from spikewright.snn.kernels.firing import ThresholdLaw
from spikewright.snn.network import Network
from spikewright.snn.neurons import (
    IF,
    LIF,
    Burst,
    FewSpikeIF,
    Integrator,
    LatchedIF,
    QuantReLU,
    SignedIF,
    TernaryIF,
)
from spikewright.snn.populations import Population

Kernel = Callable[..., None]
"""`kernel(drive, cells, law, answer)`, see `snn.kernels.firing`."""


def _weighted(weight: int, neuron: Any, top: int, reached: int) -> int:
    """Thresholds times the weight of the step."""
    return weight * top


@dataclass(frozen=True)
class FiringRule:
    """`law(member)`: what the kernels read; `float32`, `fixed`: the kernels.

    `general`: what serves instead where the code weights steps or the neuron is deaf for some. `steady`: the same kernels for
    a drive that does not change, potentials not recorded. `wide`: potentials are kept in the type of the arithmetic.
    `masks`: `snn.kernels.fire_masks` has the law, too. `remembers`: the kernels need a memory.
    `values`: what they send, in float32 and fixed point, where it is not spikes.
    `product`: the largest integer that a step makes of thresholds, from the largest weight of a step, the neuron, a number that
    no threshold and no potential exceeds, and the largest U before it is saturated.
    """

    law: Callable[[Member], Any]
    float32: Kernel
    fixed: Kernel
    general: "FiringRule | None" = None
    steady: tuple[Kernel, Kernel] | None = None
    wide: bool = False
    remembers: bool = False
    values: tuple[Any, Any] | None = None
    masks: bool = False
    product: Callable[[int, Any, int, int], int] = _weighted

    def kernel(self, fixed: bool, steady: bool = False) -> Kernel:
        """The kernel for these numbers; `steady`: the drive does not change, and nobody looks at potentials."""
        of_float32, of_fixed = self.steady if steady and self.steady else (self.float32, self.fixed)
        return of_fixed if fixed else of_float32


def firing_rule(network: Network, population: Population) -> FiringRule:
    """The rule of a population. Raises InvalidNetwork for a neuron that has none."""
    rule = FIRING_RULES.get(type(population.neuron))
    if rule is None:
        raise InvalidNetwork(
            f"expected a neuron that the event engine knows in population {population.name!r}, "
            f"got {type(population.neuron).__name__}"
        )
    needed = population.neuron.refractory > 0 or network.code.inside == "step weights"
    return rule.general if rule.general and needed else rule


def _general(law: Callable[[Member], ThresholdLaw]) -> FiringRule:
    return FiringRule(law, fire_rule_float, fire_rule_fixed, wide=True, remembers=True)


PLAIN = FiringRule(threshold_law, fire_float, fire_fixed, general=_general(threshold_law), masks=True)

FIRING_RULES: dict[type, FiringRule] = {
    IF: replace(PLAIN, steady=(fire_steady_float, fire_steady_fixed)),
    LIF: PLAIN,
    Integrator: replace(PLAIN, general=_general(never_law)),
    LatchedIF: _general(threshold_law),
    SignedIF: _general(signed_law),
    TernaryIF: _general(ternary_law),
    Burst: _general(burst_law),
    FewSpikeIF: FiringRule(few_law, fire_few_float, fire_few_fixed, wide=True, product=few_product),
    QuantReLU: FiringRule(levels_law, fire_real_levels, fire_levels, values=(np.float32, np.int32)),
}
"""The neurons that the event engine knows; `snn.event.ramp_populations` has those of time codes, gates have no law."""
