"""How each neuron answers: one table, record type -> its law's numbers and the two kernels that apply them.

A new neuron is an entry of `FIRING_RULES` and a function that makes its law, and where no kernel fits a file of kernels beside
`snn.kernels.fire_few`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.fixed.bounds import integer_type
from spikewright.snn.kernels.channel_levels import ChannelLevels, fire_channel_levels
from spikewright.snn.kernels.fire_few import FewSpikeLaw, fire_few_fixed, fire_few_float
from spikewright.snn.kernels.fire_general import (
    BURST,
    NEVER,
    SIGNED,
    TERNARY,
    THRESHOLD,
    fire_rule_fixed,
    fire_rule_float,
)
from spikewright.snn.kernels.fire_levels import LevelsLaw, fire_levels_fixed, fire_levels_float
from spikewright.snn.kernels.fire_plain import fire_fixed, fire_float
from spikewright.snn.kernels.fire_steady import fire_steady_fixed, fire_steady_float
from spikewright.snn.kernels.firing import ThresholdLaw
from spikewright.snn.kernels.simd_fire import LANES
from spikewright.snn.kernels.simd_levels import GATHERS
from spikewright.snn.network import Network, Population
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

Array = NDArray[Any]
Kernel = Callable[..., None]
"""`kernel(drive, cells, law, answer)`, see `snn.kernels.firing`."""


class Member(NamedTuple):
    """A population whose law is made: `compute`: the type of its arithmetic; `shift`: that all its sums have in common."""

    network: Network
    population: Population
    compute: np.dtype[Any]
    shift: int

    @property
    def neuron(self) -> Any:
        """The record of its neurons."""
        return self.population.neuron

    @property
    def fixed(self) -> bool:
        """Whether it is in fixed point."""
        return self.network.numbers == "fixed"

    @property
    def top(self) -> int:
        """The largest potential in fixed point, 0 else."""
        return int(2 ** (self.population.width - 1) - 1) if self.fixed else 0

    def each(self, value: Any, kind: Any = None) -> Array:
        """A value for each neuron, in engine order, of the type of the arithmetic or another."""
        return spread(self.population, value, kind or self.compute)[engine_order(self.population.shape)]


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


def spread(population: Population, value: Any, kind: Any) -> Array:
    """A scalar, per-channel or per-neuron value for every neuron, flat in public order."""
    array = np.asarray(value)
    if array.ndim == 1 and len(population.shape) > 1:
        array = array.reshape(-1, *[1] * (len(population.shape) - 1))
    return np.ascontiguousarray(np.broadcast_to(array, population.shape).reshape(-1).astype(kind))


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


def _threshold_law(member: Member, rule: int = THRESHOLD, negative: Any = 0, limit: int = -1) -> ThresholdLaw:
    """The law of a neuron with a threshold, or, with one that no potential reaches, without."""
    neuron, never = member.neuron, member.top + 1 if member.fixed else np.inf
    return ThresholdLaw(
        rule=rule,
        threshold=member.each(neuron.threshold if neuron.has_threshold else never),
        negative=member.each(negative),
        leak=_shift(neuron.leak) if member.fixed else np.float32(1.0 - neuron.leak),
        shift=member.shift,
        top=member.top,
        to_zero=neuron.reset == "zero",
        limit=limit,
        refractory=neuron.refractory,
    )


def _never_law(member: Member) -> ThresholdLaw:
    return _threshold_law(member, NEVER)


def _signed_law(member: Member) -> ThresholdLaw:
    limit = member.neuron.limit
    return _threshold_law(member, SIGNED, limit=-1 if limit is None else limit)


def _ternary_law(member: Member) -> ThresholdLaw:
    return _threshold_law(member, TERNARY, negative=member.neuron.negative)


def _burst_law(member: Member) -> ThresholdLaw:
    return _threshold_law(member, BURST, limit=member.neuron.limit)


def _shift(leak: float) -> int:
    """k of a leak of 2**-k, 0 without leak."""
    return round(-np.log2(leak)) if leak else 0


def _few_law(member: Member) -> FewSpikeLaw:
    neuron, kind = member.neuron, member.compute
    crossing, reset = np.array(neuron.thresholds).astype(kind), np.array(neuron.resets).astype(kind)
    return FewSpikeLaw(member.each(neuron.threshold), crossing, reset, member.shift, member.top)


def _few_product(weight: int, neuron: Any, top: int, reached: int) -> int:
    """Thresholds and resets times their factors; a reset may leave the width."""
    return reached + top * int(np.abs([*neuron.thresholds, *neuron.resets]).max())


class QuantLaw(NamedTuple):
    """The law of QuantReLU neuron by neuron, and channel by channel where that serves."""

    each: LevelsLaw
    channels: ChannelLevels | None


def _levels_law(member: Member) -> QuantLaw:
    each = _levels_of_each(member)
    return QuantLaw(each, _levels_of_channels(member, each))


def _levels_of_channels(member: Member, each: LevelsLaw) -> ChannelLevels | None:
    """For 32-bit potentials of a whole number of sixteens of channels that are alike at all pixels."""
    channels = int(member.population.shape[0])
    if not GATHERS or member.compute != np.int32 or channels % LANES:
        return None
    constants = [one.reshape(-1, channels) for one in (each.multiplier, each.first, each.last)]
    if any((one != one[0]).any() for one in constants):
        return None
    multiplier, first, last = (one[0] for one in constants)
    most = np.iinfo(np.int32).max
    since, until = (np.minimum(one, most).astype(np.int32) for one in (first, last))
    numbers = each.sum_shift, each.shift, (1 << each.shift) >> 1, int(each.levels)
    return ChannelLevels(multiplier.copy(), since, until, numbers)


def fire_levels(drive: Any, cells: Any, law: QuantLaw, answer: Any) -> None:
    """Levels in integers; neuron by neuron where somebody asks for potentials."""
    if law.channels is None or answer.trace.size:
        fire_levels_fixed(drive, cells, law.each, answer)
    else:
        fire_channel_levels(drive, law.channels, answer)


def fire_real_levels(drive: Any, cells: Any, law: QuantLaw, answer: Any) -> None:
    """Levels in float32."""
    fire_levels_float(drive, cells, law.each, answer)


def _levels_of_each(member: Member) -> LevelsLaw:
    neuron = member.neuron
    if not member.fixed:
        scale = member.each(neuron.multiplier, np.float64) / 2.0**neuron.shift
        return LevelsLaw(scale, np.float64(neuron.levels), 0, 0, 0, *(np.zeros(0, np.int64),) * 2)
    factors = np.asarray(neuron.multiplier)
    each = [int(m) for m in factors.reshape(-1)]
    last = np.array([min(_begins(neuron.levels, m, neuron), member.top) for m in each], np.int64).reshape(factors.shape)
    begins = [_begins(1, m, neuron) for m in each]
    never = np.iinfo(np.int64).max
    first = np.array([V if V <= member.top else never for V in begins], np.int64).reshape(factors.shape)
    largest = max(int(v) * int(m) for v, m in zip(last.reshape(-1), factors.reshape(-1), strict=True))
    integer_type(largest + 2**neuron.shift, f"the products of population {member.population.name!r}")
    multiplier, since, until = (member.each(one, np.int64) for one in (neuron.multiplier, first, last))
    return LevelsLaw(multiplier, neuron.levels, neuron.shift, member.shift, member.top, since, until)


def _begins(level: int, multiplier: int, neuron: Any) -> int:
    """The first potential of a level."""
    doubled: int = (2 * level - 1) << neuron.shift
    return -(-doubled // (2 * multiplier))


def _general(law: Callable[[Member], ThresholdLaw]) -> FiringRule:
    return FiringRule(law, fire_rule_float, fire_rule_fixed, wide=True, remembers=True)


PLAIN = FiringRule(_threshold_law, fire_float, fire_fixed, general=_general(_threshold_law), masks=True)

FIRING_RULES: dict[type, FiringRule] = {
    IF: replace(PLAIN, steady=(fire_steady_float, fire_steady_fixed)),
    LIF: PLAIN,
    Integrator: replace(PLAIN, general=_general(_never_law)),
    LatchedIF: _general(_threshold_law),
    SignedIF: _general(_signed_law),
    TernaryIF: _general(_ternary_law),
    Burst: _general(_burst_law),
    FewSpikeIF: FiringRule(_few_law, fire_few_float, fire_few_fixed, wide=True, product=_few_product),
    QuantReLU: FiringRule(_levels_law, fire_real_levels, fire_levels, values=(np.float32, np.int32)),
}
"""The neurons that the event engine knows; `snn.event.ramp_populations` has those of time codes, gates have no law."""
