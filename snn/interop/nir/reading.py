"""What NIR leaves open, and how the tools that write it fill the gap.

NIR states differential equations. A network of steps needs the step dt, how a leak is discretised and in which unit a
current is meant, and every tool has its own answer, none of which is in the file:

    decay         "euler": 1 - dt / tau        "exponential": exp(-dt / tau)
    lif_current   "membrane": (1 - decay) r I   "plain": r I       enters V in a step
    if_current    "step": r I                   "time": r dt I     enters V in a step
    fires         "above": v > v_threshold      "at": v >= v_threshold
    start         "zero": v begins at 0         "rest": at v_leak, of neurons without leak at v_reset
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.codes import Code
from spikewright.snn.network import Readout, Schedule
from spikewright.snn.neurons import Reset

SNAP = 1e-6
"""Gains this close to 1 are 1: r = tau / dt that was rounded to float32 on its way."""


@dataclass(frozen=True)
class Convention:
    """How a tool means the numbers of its NIR files; see the head of this module.

    `dt`: the seconds of one step. leak = dt / tau or 1 - exp(-dt / tau); a Delay of d seconds is d / dt steps, which must be a
    whole number; and a current of an IF is multiplied by dt where `if_current` is "time". Nothing else depends on it.
    """

    dt: float = 1e-4
    decay: Literal["euler", "exponential"] = "euler"
    lif_current: Literal["membrane", "plain"] = "membrane"
    if_current: Literal["step", "time"] = "step"
    fires: Literal["above", "at"] = "above"
    start: Literal["zero", "rest"] = "zero"

    def __post_init__(self) -> None:
        if not (np.isfinite(self.dt) and self.dt > 0):
            raise InvalidInput(f"expected a step of dt > 0 seconds, got {self.dt}")
        for name, value, choices in (
            ("decay", self.decay, ("euler", "exponential")),
            ("lif_current", self.lif_current, ("membrane", "plain")),
            ("if_current", self.if_current, ("step", "time")),
            ("fires", self.fires, ("above", "at")),
            ("start", self.start, ("zero", "rest")),
        ):
            if value not in choices:
                raise InvalidInput(f"expected {name} to be one of {', '.join(choices)}, got {value!r}")


SNNTORCH = Convention()
"""snnTorch 1.0.0, and files of `to_nir`: dt = 1e-4, tau = dt / (1 - beta), r = tau / dt."""
NORSE = Convention(dt=1e-6, start="rest")
"""Norse 1.1.0 at its dt = 1e-3: it writes tau = dt / tau_mem_inv where dt tau_mem_inv is what it leaks in a step."""
SINABS = Convention(dt=1.0, decay="exponential", lif_current="plain", fires="at")
"""sinabs 3.1: tau in steps, decay exp(-1 / tau), currents as with norm_input=False (True: lif_current="membrane").

It resets by subtraction, which its files cannot say: `Reading(reset="subtract")`; nor can they say several spikes a step."""
SPIKINGJELLY = Convention(if_current="time", fires="at", start="rest")
"""SpikingJelly 2.0: dt = 1e-4, r = 1 / dt for IF, v_leak = v_reset."""


@dataclass(frozen=True)
class Reading:
    """How to read the NIR file of another tool.

    `code` with its steps, `schedule` and `readout` (None: the potential of an integrator, else counts) as in `Network`.
    `reset`: NIR says "zero"; a tool that resets by subtraction writes the same file. `loop_delay`: the steps that a spike
    takes back to its own population; NIR has none, snnTorch's recurrent layers have 1. 0 refuses loops.
    """

    code: Code
    convention: Convention = SNNTORCH
    reset: Reset = "zero"
    schedule: Schedule = "synchronous"
    readout: Readout | None = None
    loop_delay: int = 0


def numbers(node: Any, name: str, attribute: str) -> NDArray[np.float64]:
    """An attribute of a NIR node as finite float64. Raises InvalidNetwork with the node's name for anything else."""
    try:
        array = np.asarray(getattr(node, attribute), dtype=np.float64)
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidNetwork(f"expected numbers as {attribute} of node {name!r}, got something else") from error
    if not np.all(np.isfinite(array)):
        raise InvalidNetwork(f"expected finite numbers as {attribute} of node {name!r}, got NaN or infinity")
    return array


def whole_numbers(node: Any, name: str, attribute: str, count: int) -> tuple[int, ...]:
    """One or `count` whole numbers >= 0 as a tuple of `count`."""
    array = numbers(node, name, attribute).reshape(-1)
    if array.size not in (1, count) or np.any(array != np.floor(array)) or np.any((array < 0) | (array > 65535)):
        raise InvalidNetwork(f"expected {count} whole numbers as {attribute} of node {name!r}, got {array[:4]}")
    return tuple(int(value) for value in np.broadcast_to(array, (count,)))


def pair(node: Any, name: str, attribute: str) -> tuple[int, int]:
    """One or two whole numbers >= 0, for rows and columns."""
    rows, columns = whole_numbers(node, name, attribute, 2)
    return rows, columns


def one_for_all(array: NDArray[np.float64], name: str, what: str) -> float:
    """The value that all entries share. Raises InvalidNetwork when they differ."""
    if array.size == 0 or np.any(array != array.reshape(-1)[0]):
        raise InvalidNetwork(f"expected one {what} for all neurons of node {name!r}, got several; split the population")
    return float(array.reshape(-1)[0])


def snapped(gain: NDArray[np.float64]) -> NDArray[np.float64]:
    """`gain` with what is 1 up to rounding set to 1."""
    return np.where(np.abs(gain - 1.0) <= SNAP, 1.0, gain)
