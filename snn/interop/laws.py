"""The neuron laws of other libraries, and the change of the potential's unit and zero that makes each of them ours.

Almost every clock-driven neuron is, with its own potential v, decay d, gain g and constant current h,

    v = d v + g I + h;   spike  iff  v >= threshold  (or >, "strict");   v = to   or   v = v - by   after a spike

Ours is U = d V + I; spike iff U >= T; V = 0 or V = U - T. With V = (v - k) / g it is the same neuron:

    reset to a value:    k = to               so that this value is 0 here
    reset by `by`:       k = threshold - by   so that what is taken off is the threshold here
    T = (threshold - k) / g,   V(0) = (start - k) / g,   bias = (h - (1 - d) k) / g

Two well-known differences disappear this way. A library that takes the threshold off *before* the next leak (snnTorch) takes
threshold / d off in our order; and a rest or a reset that is not zero is a shift of the potential. In real arithmetic the spikes
are the same; in float32 they are the same unless a potential comes within rounding of its threshold, and bit for bit where k = 0
and g = 1, because then nothing is rewritten.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.neurons import IF, LIF, Burst, Integrator, Neuron
from spikewright.snn.synapses import Shape

Reals = NDArray[np.float64]
LARGEST_THRESHOLD = 2.0**100
"""The threshold of a leaky integrator that never fires, until `leaky_answers` knows what flows into it."""


@dataclass(frozen=True, eq=False)
class ForeignLaw:
    """One layer of neurons as its library states it; see the head of this module.

    `decay`, `gain`, `current`: d, g, h. `threshold`: scalar or anything that broadcasts against the shape of the layer.
    `reset`: "to" sets v to `value`, "by" subtracts `value`, "none" never fires (a leaky integrator). `start`: v before the
    first step. `limit`: spikes a step at most, of neurons without leak that subtract. `refractory`: steps in which what
    arrives is lost. `analog`: what the layer sends is its potential.
    """

    threshold: Any = 1.0
    decay: float = 1.0
    gain: float = 1.0
    current: Any = 0.0
    reset: str = "by"
    value: Any = None
    start: Any = 0.0
    strict: bool = False
    limit: int = 1
    refractory: int = 0
    analog: bool = False


@dataclass(frozen=True, eq=False)
class Placed:
    """A law as a record of ours: the neuron, its constant current, its initial potential, and the unit g of its potential."""

    neuron: Neuron
    bias: Any
    initial: Any
    unit: float


def placed(law: ForeignLaw, name: str, shape: Shape) -> Placed:
    """`law` as a neuron of the population `name` of this `shape`. Raises InvalidNetwork where no record of ours has it."""
    if not (np.isfinite(law.decay) and 0.0 < law.decay <= 1.0):
        raise InvalidNetwork(f"{name!r}: expected a decay in (0, 1], got {law.decay:.4g}: it keeps no potential")
    if not (np.isfinite(law.gain) and law.gain > 0):
        raise InvalidNetwork(f"{name!r}: expected an input gain > 0, got {law.gain:.4g}")
    threshold = spread(law.threshold, name, shape)
    shift = _shift(law, threshold, name, shape)
    bias = least((spread(law.current, name, shape) - (1.0 - law.decay) * shift) / law.gain, shape)
    initial = least((spread(law.start, name, shape) - shift) / law.gain, shape)
    if np.ndim(initial) == len(shape) > 1:
        raise InvalidNetwork(f"{name!r}: expected one initial potential for each channel, got one for each neuron")
    return Placed(_neuron(law, (threshold - shift) / law.gain, name, shape), bias, initial, law.gain)


def _shift(law: ForeignLaw, threshold: Reals, name: str, shape: Shape) -> Reals:
    """k of the head of this module."""
    if law.reset == "none":
        return np.zeros(shape)
    amount = threshold if law.value is None else spread(law.value, name, shape)
    shift = threshold - amount if law.reset == "by" else spread(0.0 if law.value is None else law.value, name, shape)
    if np.any(threshold - shift <= 0):
        what = "a reset below the threshold" if law.reset == "to" else "a reset that takes something off"
        raise InvalidNetwork(
            f"{name!r}: expected {what}, got threshold {threshold.max():.4g} and {np.max(law.value):.4g}"
        )
    return shift


def _neuron(law: ForeignLaw, threshold: Reals, name: str, shape: Shape) -> Neuron:
    """The record with this `threshold` in our units."""
    leak = 1.0 - law.decay
    if law.reset == "none":
        return LIF(LARGEST_THRESHOLD, leak) if leak else Integrator()
    single = threshold.astype(np.float32)
    fires = least(np.nextafter(single, np.float32(np.inf)) if law.strict else single, shape)
    if law.limit > 1 and (leak or law.reset != "by" or law.strict):
        raise InvalidNetwork(
            f"{name!r}: several spikes a step are known only without leak and with reset by subtraction"
        )
    if law.limit > 1:
        return Burst(fires, law.limit)
    reset: Any = "subtract" if law.reset == "by" else "zero"
    return LIF(fires, leak, reset, law.refractory) if leak else IF(fires, reset, law.refractory)


def spread(value: Any, name: str, shape: Shape) -> Reals:
    """`value` as float64 of `shape`; a leading axis of length one is the batch. Raises InvalidNetwork when it does not fit."""
    array = np.asarray(value, dtype=np.float64)
    array = array.reshape(array.shape[1:]) if array.ndim == len(shape) + 1 and array.shape[0] == 1 else array
    try:
        full: Reals = np.broadcast_to(array, shape)
    except ValueError as error:
        raise InvalidNetwork(
            f"{name!r}: expected a parameter that fits {shape}, got the shape {array.shape}"
        ) from error
    if not np.all(np.isfinite(full)):
        raise InvalidNetwork(f"{name!r}: expected finite parameters, got NaN or infinity")
    return full


def least(array: Any, shape: Shape) -> Any:
    """A number where all are equal, `(channels,)` where all of a channel are, else the full array; float32."""
    full: Any = np.broadcast_to(array, shape).astype(np.float32)
    if np.all(full == full.reshape(-1)[0]):
        return float(full.reshape(-1)[0])
    rows = full.reshape(shape[0], -1)
    return np.ascontiguousarray(rows[:, 0] if np.all(rows == rows[:, :1]) else full)


def column(value: Any, shape: Shape) -> NDArray[Any]:
    """A scalar, `(channels,)` or full value so that it broadcasts against `shape`."""
    array = np.asarray(value)
    return array.reshape(-1, *[1] * (len(shape) - 1)) if array.ndim == 1 else array


def one_number(value: Any, name: str, what: str) -> float:
    """The value that all entries share. Raises InvalidNetwork when they differ."""
    array = np.asarray(value, dtype=np.float64).reshape(-1)
    if array.size == 0 or np.any(array != array[0]):
        raise InvalidNetwork(f"{name!r}: expected one {what} for the whole layer, got several; split the layer")
    return float(array[0])
