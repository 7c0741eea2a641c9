"""Integrate and fire in plain PyTorch: written as in tutorials, in place, and compiled."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from benchmarks.dense import Firing, Neurons


@dataclass(eq=False)
class Membrane:
    """Potentials and thresholds of one population."""

    threshold: Tensor
    potential: Tensor


class Tutorial(Neurons):
    """What a tutorial writes: a new tensor for each operation."""

    name, package = "torch", "torch"

    def cell(self, firing: Firing, order: str) -> Membrane:
        return Membrane(firing.threshold, firing.initial)

    def start(self, cell: Membrane, firing: Firing, like: Tensor) -> None:
        cell.potential = torch.empty_like(like).copy_(firing.initial)

    def step(self, cell: Membrane, current: Tensor) -> Tensor:
        membrane = cell.potential + current
        spikes = (membrane >= cell.threshold).to(membrane.dtype)
        cell.potential = membrane - spikes * cell.threshold
        return spikes

    def sequence(self, cell: Membrane, currents: Tensor) -> Tensor:
        return torch.stack([self.step(cell, current) for current in currents])


class InPlace(Tutorial):
    """The same without a new tensor: each step reads and writes memory that is already there."""

    def step(self, cell: Membrane, current: Tensor) -> Tensor:
        return self._fire(cell, current, torch.empty_like(current))

    def sequence(self, cell: Membrane, currents: Tensor) -> Tensor:
        spikes = torch.empty((len(currents), *currents.shape[1:]), dtype=currents.dtype)
        if currents[0].dim() == 4 and currents[0].is_contiguous(memory_format=torch.channels_last):
            spikes = torch.empty_like(spikes.flatten(0, 1), memory_format=torch.channels_last).unflatten(
                0, currents.shape[:2]
            )
        for current, fired in zip(currents, spikes, strict=True):
            self._fire(cell, current, fired)
        return spikes

    def _fire(self, cell: Membrane, current: Tensor, fired: Tensor) -> Tensor:
        cell.potential.add_(current)
        torch.ge(cell.potential, cell.threshold, out=fired)
        cell.potential.addcmul_(fired, cell.threshold, value=-1.0)
        return fired


class Compiled(Tutorial):
    """All steps of a population as one kernel made by torch.compile."""

    name = "torch.compile"

    def cell(self, firing: Firing, order: str) -> Any:
        return Membrane(firing.threshold, firing.initial)

    def sequence(self, cell: Membrane, currents: Tensor) -> Tensor:
        return _fused(currents, cell.potential, cell.threshold)


@torch.compile
def _fused(currents: Tensor, potential: Tensor, threshold: Tensor) -> Tensor:
    spikes = []
    for current in currents.unbind(0):
        potential = potential + current
        fired = (potential >= threshold).to(potential.dtype)
        potential = potential - fired * threshold
        spikes.append(fired)
    return torch.stack(spikes)
