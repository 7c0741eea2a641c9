"""snnTorch: `Leaky` without leak.

`Leaky` keeps the potential from before the reset and subtracts the threshold in the next step, from the spike of this
one: the same law, with the subtraction one step later in the books. Its spike function is the user's: `>=` here.
"""

from typing import Any

import torch
from torch import Tensor

from benchmarks.dense import Firing, Neurons


class SnnTorch(Neurons):
    """snnTorch has single steps only, so "layers" is a loop over its neurons for each layer."""

    name, package = "snnTorch", "snntorch"

    def cell(self, firing: Firing, order: str) -> Any:
        from snntorch import Leaky

        return Leaky(beta=1.0, threshold=firing.threshold, spike_grad=_fires, reset_mechanism="subtract")

    def start(self, cell: Any, firing: Firing, like: Tensor) -> None:
        cell.mem = torch.empty_like(like).copy_(firing.initial)

    def step(self, cell: Any, current: Tensor) -> Tensor:
        spikes: Tensor = cell(current, cell.mem)[0]
        return spikes

    def sequence(self, cell: Any, currents: Tensor) -> Tensor:
        return torch.stack([self.step(cell, current) for current in currents])


def _fires(above: Tensor) -> Tensor:
    return (above >= 0).to(above.dtype)
