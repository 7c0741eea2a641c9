"""The law of QuantReLU, neuron by neuron or channel by channel, and the kernels that serve it."""

from typing import Any, NamedTuple

import numpy as np

from spikewright.snn.event.members import Member
from spikewright.snn.fixed.bounds import integer_type
from spikewright.snn.kernels.channel_levels import ChannelLevels, fire_channel_levels
from spikewright.snn.kernels.fire_levels import LevelsLaw, fire_levels_fixed, fire_levels_float
from spikewright.snn.kernels.simd_fire import LANES
from spikewright.snn.kernels.simd_levels import GATHERS


class QuantLaw(NamedTuple):
    """The law of QuantReLU neuron by neuron, and channel by channel where that serves."""

    each: LevelsLaw
    channels: ChannelLevels | None


def levels_law(member: Member) -> QuantLaw:
    """Both laws of a population."""
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
