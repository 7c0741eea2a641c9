"""A rate network on dense tensors, as deep-learning libraries run spiking networks; the neurons are the library's own."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.dense_plan import Plan
from benchmarks.dense_synapses import Current, field
from spikewright import InvalidInput
from spikewright.snn import IF, Direct, Integrator, Network, Population


@dataclass(frozen=True, eq=False)
class Firing:
    """The neurons of one population: `threshold` and `initial`, shaped to meet `(batch, *shape)`, and the steps to come."""

    threshold: Tensor
    initial: Tensor
    steps: int


class Neurons(ABC):
    """Integrate and fire with reset by subtraction (`snn.IF`) out of one library.

    `folds`: the library has one threshold for a population; weights are divided by the thresholds instead.
    `time_axis`: where the library wants time, 0 or 1.
    """

    name: str
    package: str
    folds = False
    time_axis = 0

    @abstractmethod
    def cell(self, firing: Firing, order: str) -> Any:
        """The library's object for a population."""

    @abstractmethod
    def start(self, cell: Any, firing: Firing, like: Tensor) -> None:
        """Put the potentials at their initial values, shaped and typed as `like (batch, *shape)`."""

    @abstractmethod
    def step(self, cell: Any, current: Tensor) -> Tensor:
        """Spikes `(batch, *shape)` of one step, 0 or 1."""

    @abstractmethod
    def sequence(self, cell: Any, currents: Tensor) -> Tensor:
        """Spikes of all steps, the shape of `currents`: `(steps, batch, *shape)`, or batch first for `time_axis` 1."""


class Dense:
    """A synchronous float32 network of `IF` and `Integrator` with a direct input, on dense tensors.

    Raises InvalidInput for another kind of network.
    """

    numbers = "float32"

    def __init__(self, network: Network, neurons: Neurons, plan: Plan) -> None:
        _check(network, self.numbers)
        self.network, self.neurons, self.plan = network, neurons, plan
        spiking = [p for p in network.order[1:] if isinstance(p.neuron, IF)]
        self.firing = {p.name: self._firing(p) for p in spiking}
        self.cells = {name: neurons.cell(firing, plan.order) for name, firing in self.firing.items()}
        scale = {p.name: 1.0 / field(p, p.neuron.threshold) for p in spiking} if neurons.folds else {}
        self.currents = {p.name: self._current(p, scale.get(p.name)) for p in network.order[1:]}
        self.tally: dict[str, list[Tensor]] | None = None

    @torch.inference_mode()
    def logits(self, images: np.ndarray) -> np.ndarray:
        """Potentials of the output after the last step, `(images, classes)`."""
        return torch.cat([self._run(batch) for batch in self._batches(images)]).float().numpy()

    def counts(self, images: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Logits, and for each spiking population the spikes of each neuron, `(images, *shape)`."""
        self.tally = {name: [] for name in self.cells}
        try:
            logits = self.logits(images)
            return logits, {name: torch.cat(parts).to(torch.int32).numpy() for name, parts in self.tally.items()}
        finally:
            self.tally = None

    def _current(self, population: Population, scale: Tensor | None) -> Current:
        return Current(self.network, population, self.plan, scale)

    def _run(self, images: Tensor) -> Tensor:
        return self._by_steps(images) if self.plan.order == "steps" else self._by_layers(images)

    def _by_steps(self, images: Tensor) -> Tensor:
        held: dict[str, Tensor] = {}
        counts: dict[str, Tensor] = {}
        output = field(self.network.by_name[self.network.output], self.network.by_name[self.network.output].initial)
        for step in range(self.network.steps):
            sent = {self.network.input: images}
            for name, current in self.currents.items():
                total = current.of(sent, held)
                if name == self.network.output:
                    output = output + total
                    continue
                if step == 0:
                    self.neurons.start(self.cells[name], self.firing[name], total)
                sent[name] = self.neurons.step(self.cells[name], total)
                if self.tally is not None:
                    counts[name] = counts.get(name, 0) + sent[name]
        self._note(counts)
        return output

    def _by_layers(self, images: Tensor) -> Tensor:
        axis, steps = self.neurons.time_axis, self.network.steps
        sent = {self.network.input: images if self.plan.hoist else _repeat(images, axis, steps)}
        for name, current in self.currents.items():
            total = current.over_time(sent, axis, steps)
            if name == self.network.output:
                population = self.network.by_name[name]
                return field(population, population.initial) + total.sum(axis)
            self.neurons.start(self.cells[name], self.firing[name], total.select(axis, 0))
            sent[name] = self.neurons.sequence(self.cells[name], total)
            if self.tally is not None:
                self.tally[name].append(sent[name].sum(axis))
        raise InvalidInput("expected an output population behind all others")

    def _note(self, counts: dict[str, Tensor]) -> None:
        if self.tally is not None:
            for name, count in counts.items():
                self.tally[name].append(count)

    def _firing(self, population: Population) -> Firing:
        threshold, initial = field(population, population.neuron.threshold), field(population, population.initial)
        if self.neurons.folds:
            threshold, initial = torch.tensor(1.0), initial / threshold
        return Firing(threshold.to(self.plan.kind), initial.to(self.plan.kind), self.network.steps)

    def _batches(self, images: np.ndarray) -> Iterator[Tensor]:
        layout = torch.channels_last if self.plan.channels_last and images.ndim == 4 else torch.contiguous_format
        for start in range(0, len(images), self.plan.batch):
            batch = torch.from_numpy(images[start : start + self.plan.batch]).to(self.plan.kind)
            yield batch.contiguous(memory_format=layout)


def _repeat(images: Tensor, axis: int, steps: int) -> Tensor:
    return images.unsqueeze(axis).repeat_interleave(steps, axis)


def _check(network: Network, numbers: str) -> None:
    neurons = [p.neuron for p in network.order[1:]]
    law = all(
        n.reset == "subtract" and not n.refractory if isinstance(n, IF) else type(n) is Integrator for n in neurons
    )
    plain = network.numbers == numbers and network.schedule == "synchronous" and network.readout == "potential"
    if not (plain and law and isinstance(network.code, Direct) and not any(q.delay for q in network.projections)):
        raise InvalidInput(
            f"expected a synchronous {numbers} network of IF neurons that subtract, with a direct input and the readout "
            '"potential"; try `convert(model, samples, Rate(steps=...))`'
        )
