"""What every kernel takes that lets neurons fire: `kernel(drive, cells, law, answer)`, of some steps and some samples.

A kernel charges the potentials of `cells` by `drive`, compares them by the `law` of its neuron, and writes the spikes and,
where there is room for them, the potentials to `answer`. All addresses are those of the engine.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.events import collect_spikes, collect_values
from spikewright.snn.kernels.jit import compiled

TILE = 1024
"""Neurons that stay in the first-level cache while all steps of a chunk pass over them."""


class Drive(NamedTuple):
    """What enters the neurons.

    `sums (samples, planes, neurons)`: summed inputs; a plane for each step, or one that serves all.
    `bias (2, neurons)`: the bias of a step in which it flows, and zeros. `bias_row (steps,)`: which of the two, 0 or 1.
    `sums_factor (steps,)`: what sums are multiplied by, 0 where nothing enters. `weight (steps,)`: what thresholds are
    multiplied by. `number (steps,)`: the number of each step in the run.
    """

    sums: NDArray[Any]
    bias: NDArray[Any]
    bias_row: NDArray[np.int64]
    sums_factor: NDArray[np.int64]
    weight: NDArray[np.int64]
    number: NDArray[np.int64]


class Cells(NamedTuple):
    """What neurons keep from step to step: `potential (samples, neurons)`; `memory`, likewise, of no neurons if unused."""

    potential: NDArray[Any]
    memory: NDArray[np.int32]


class Answer(NamedTuple):
    """Where a kernel writes: events as in `snn.kernels.events.Events`, and potentials.

    `value`: without columns for spikes of one size. `flags (samples, steps, padded neurons)` int8: room to note them.
    `trace (samples, steps, neurons)`: potentials after each step, empty where nobody wants them.
    """

    address: NDArray[np.int32]
    ends: NDArray[np.int32]
    value: NDArray[Any]
    flags: NDArray[np.int8]
    trace: NDArray[Any]


class ThresholdLaw(NamedTuple):
    """The law of a neuron that fires at a threshold; arrays `(neurons,)` of the type in which potentials are computed.

    `rule`: one of `snn.kernels.fire_general`. `leak`: the decay of a step in float32, the shift k in integers.
    `shift`: of the sums, `top`: the largest potential, both in integers only. `limit`: of spikes a step (Burst) or in all
    (SignedIF), -1 without one. `refractory`: deaf steps after a spike.
    """

    rule: int
    threshold: NDArray[Any]
    negative: NDArray[Any]
    leak: Any
    shift: int
    top: int
    to_zero: bool
    limit: int
    refractory: int


@compiled
def collect(answer, size, s):
    """The events of sample s from its flags."""
    if answer.value.shape[1]:
        collect_values(answer.flags[s], size, answer.address[s], answer.value[s], answer.ends[s])
    else:
        collect_spikes(answer.flags[s], size, answer.address[s], answer.ends[s])
