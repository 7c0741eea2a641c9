"""Weights of one population, tuned on its own reconstruction error with the spikes that reach it."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.conversion.calibration.settings import Advanced
from spikewright.conversion.calibration.tallying import DTYPE
from spikewright.snn import Network, Population
from spikewright.snn.twin.surrogates import straight_through
from spikewright.snn.twin.synapses import Path, as_column
from spikewright.weights import refilled, stored_values

BATCH = 32


def tunable(network: Network, population: Population) -> list[str]:
    """The projections into the population whose weights are real numbers of their own: no integers, no codebook."""
    return [q.name for q in network.incoming[population.name] if _is_real(q.synapse)]


def _is_real(synapse: Any) -> bool:
    return synapse.weights is not None and synapse.weights.elementwise and synapse.weights.real


def tune(flow: LayerRun, population: Population, ideal: Tensor, fit: int, settings: Advanced) -> dict[str, Path]:
    """New paths for the projections of `tunable`, by name; zeros stay zeros.

    Minimises E[(y - ideal)**2] over the first `fit` samples with y = clip(floor(x steps / a + v0 / a), 0, levels) / steps,
    x = W r + b from the mean inputs r, the floor passed straight through (Li et al. 2021).
    """
    incoming = flow.network.incoming[population.name]
    means = {q.name: _mean_input(flow, q.source)[:fit] for q in incoming}
    paths = {q.name: flow.tuned[q.name] for q in incoming}
    new = {name: copy.deepcopy(paths[name]) for name in tunable(flow.network, population)}
    act, bias = _law(flow, population), as_column(population.bias, population.shape, DTYPE)

    def loss(chosen: Tensor) -> Any:
        total: Any = sum((new.get(name) or path)(means[name][chosen]) for name, path in paths.items())
        return (act(total + bias) - ideal[chosen]).square().mean()

    _descend([path.weight for path in new.values() if path.weight is not None], loss, _batches(fit, settings), settings)
    return new


def _descend(
    weights: list[torch.nn.Parameter], loss: Callable[[Tensor], Any], batches: Iterable[Tensor], settings: Advanced
) -> None:
    """Adam over the batches, its step falling to zero as a cosine; weights that are zero stay zero."""
    kept = [(weight.detach() != 0).to(DTYPE) for weight in weights]
    groups = [
        {"params": [w.requires_grad_(True)], "lr": settings.rate * float(w.detach().abs().mean())} for w in weights
    ]
    optimiser = torch.optim.Adam(groups)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.iterations)
    for chosen in batches:
        optimiser.zero_grad()
        loss(chosen).backward()
        for weight, mask in zip(weights, kept, strict=True):
            if weight.grad is not None:
                weight.grad.mul_(mask)
        optimiser.step()
        schedule.step()
    for weight in weights:
        weight.requires_grad_(False)


def stored(network: Network, paths: dict[str, Path]) -> Network:
    """The network with the weights of `paths`, stored as they were."""
    projections = []
    for q in network.projections:
        synapse: Any = q.synapse
        path = paths.get(q.name)
        if path is not None and path.weight is not None:
            values = path.weight.detach().numpy()
            synapse = replace(
                synapse, weights=refilled(synapse.weights, values.astype(stored_values(synapse.weights).dtype))
            )
        projections.append(replace(q, synapse=synapse))
    return replace(network, projections=tuple(projections))


def _mean_input(flow: LayerRun, source: str) -> Tensor:
    if source in flow.held:
        return flow.held[source]
    return flow.sent[source].sum(0, dtype=DTYPE) / flow.network.code.charge_steps


def _law(flow: LayerRun, population: Population) -> Any:
    """Rates from mean inputs, as the neuron would answer if they came evenly."""
    if population.neuron.sends == "nothing":
        return lambda x: x
    steps, neuron = flow.network.code.charge_steps, population.neuron
    unit = flow.amplitude(population)
    start = as_column(population.initial, population.shape, DTYPE) / unit
    most = steps * neuron.most
    least = -most if neuron.two_sided else 0

    def law(x: Tensor) -> Tensor:
        ideal = x / unit * steps
        counts = (ideal + start).floor().clamp(least, most)
        return straight_through(counts, ideal.clamp(least, most)) / steps

    return law


def _batches(fit: int, settings: Advanced) -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(settings.seed)
    for _ in range(settings.iterations):
        yield torch.randperm(fit, generator=generator)[:BATCH]
