"""sinabs: `IAF` with at most one spike a step, which subtracts the threshold; time is its second axis."""

from typing import Any

import torch
from torch import Tensor

from benchmarks.dense import Firing, Neurons


class Sinabs(Neurons):
    """sinabs runs whole sequences; a single step is a sequence of one."""

    name, package, time_axis = "sinabs", "sinabs", 1

    def cell(self, firing: Firing, order: str) -> Any:
        from sinabs.activation import MembraneSubtract, SingleSpike
        from sinabs.layers import IAF

        return IAF(spike_threshold=firing.threshold, spike_fn=SingleSpike, reset_fn=MembraneSubtract())

    def start(self, cell: Any, firing: Firing, like: Tensor) -> None:
        cell.v_mem = torch.empty_like(like).copy_(firing.initial)

    def step(self, cell: Any, current: Tensor) -> Tensor:
        return self.sequence(cell, current.unsqueeze(1)).squeeze(1)

    def sequence(self, cell: Any, currents: Tensor) -> Tensor:
        spikes: Tensor = cell(currents)
        return spikes
