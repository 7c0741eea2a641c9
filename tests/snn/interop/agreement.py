"""What the tests of other simulators share: networks that all of them can be given, and the comparison with the event engine."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import settings

from spikewright.snn import IF, LIF, Linear, Network, Population, Projection, Source, dense, simulate
from spikewright.snn.interop.tools import Outcome

FEW = settings(max_examples=40, deadline=None)


def below(population: Population) -> Population:
    """Nobody starts at the threshold: snnTorch would reset before the first step."""
    spikes = isinstance(population.neuron, IF | LIF)
    return replace(population, initial=np.minimum(population.initial, 0)) if spikes else population


def adapted(network: Network, change: Any) -> Network:
    return replace(network, populations=tuple(change(p) for p in network.populations))


def assert_agrees(tool: Any, network: Network, images: Any, tolerance: float = 0.0) -> Outcome:
    """Counts of every neuron are those of the event engine; so is the potential, up to rounding."""
    activity = simulate(network, images, record=("rasters", "potentials"))
    outcome: Outcome = tool.simulate(network, images)
    assert outcome.differences(activity) == {}
    ours = activity.potentials[network.output][-1]
    np.testing.assert_allclose(outcome.potential, ours, rtol=tolerance, atol=tolerance)
    return outcome


def two_layers(reset: Any, leak: float | None, code: Any) -> tuple[Network, Any]:
    random = np.random.default_rng(7)
    first, last = (random.normal(0, 0.5, shape).astype(np.float32) for shape in ((20, 8), (4, 20)))

    def neuron(count: int) -> Any:
        threshold = random.uniform(0.5, 1.5, count).astype(np.float32)
        return IF(threshold, reset) if leak is None else LIF(threshold, leak, reset)

    populations = (
        Population("in", (8,), Source()),
        Population("a", (20,), neuron(20), random.normal(0, 0.2, 20).astype(np.float32), 0.25),
        Population("out", (4,), neuron(4), 0.0, random.uniform(0, 0.4, 4).astype(np.float32)),
    )
    projections = (Projection("in", "a", Linear(dense(first))), Projection("a", "out", Linear(dense(last))))
    network = Network(populations, projections, "in", "out", code, readout="count")
    return network, random.random((5, 8), dtype=np.float32)
