"""Norse: its `SNN` and `SNNCell` run any step function; this one is made of Norse's own threshold and reset by subtraction.

Norse's leak-free `IAF` resets to zero and its box neuron leaks, so neither has the law of `snn.IF`. Norse's Heaviside is
`>`; the next smaller number as threshold makes that `>=`.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from benchmarks.dense import Firing, Neurons


class State(NamedTuple):
    """The potential."""

    v: Tensor


class Parameters(NamedTuple):
    """`v_th`: what a spike takes away; `above`: the potential has to be larger than this to fire."""

    v_th: Tensor
    above: Tensor


class Norse(Neurons):
    """Norse's modules around a step function with reset by subtraction."""

    name, package = "Norse", "norse"

    def cell(self, firing: Firing, order: str) -> Any:
        from norse.torch.module.snn import SNN, SNNCell

        below = torch.nextafter(firing.threshold, torch.zeros_like(firing.threshold))
        module = SNN if order == "layers" else SNNCell
        return module(_subtracting_step, State, Parameters(firing.threshold, below))

    def start(self, cell: Any, firing: Firing, like: Tensor) -> None:
        cell.kept = State(torch.empty_like(like).copy_(firing.initial))

    def step(self, cell: Any, current: Tensor) -> Tensor:
        spikes: Tensor
        spikes, cell.kept = cell(current, cell.kept)
        return spikes

    def sequence(self, cell: Any, currents: Tensor) -> Tensor:
        return self.step(cell, currents)


def _subtracting_step(current: Tensor, state: State, p: Parameters, dt: float) -> tuple[Tensor, State]:
    from norse.torch.functional.reset import reset_subtract
    from norse.torch.functional.threshold import threshold

    v = state.v + current
    spikes = threshold(v - p.above, "heaviside", 0.0)
    return spikes, State(reset_subtract(spikes, v, p.v_th, p.v_th))
