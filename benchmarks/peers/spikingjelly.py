"""SpikingJelly: `IFNode` with soft reset in its single-step or multi-step mode; one threshold, so weights are divided by it.

Only `spikingjelly.activation_based.neuron` is imported: nothing there needs torchvision, torchaudio or tensorboard.
"""

from typing import Any

import torch
from torch import Tensor

from benchmarks.dense import Firing, Neurons


class SpikingJelly(Neurons):
    """The multi-step mode for "layers", the single-step mode for "steps"."""

    name, package, folds = "SpikingJelly", "spikingjelly", True

    def cell(self, firing: Firing, order: str) -> Any:
        from spikingjelly.activation_based.neuron import IFNode

        return IFNode(v_threshold=float(firing.threshold), v_reset=None, step_mode="m" if order == "layers" else "s")

    def start(self, cell: Any, firing: Firing, like: Tensor) -> None:
        cell.v = torch.empty_like(like).copy_(firing.initial)

    def step(self, cell: Any, current: Tensor) -> Tensor:
        spikes: Tensor = cell(current)
        return spikes

    def sequence(self, cell: Any, currents: Tensor) -> Tensor:
        return self.step(cell, currents)
