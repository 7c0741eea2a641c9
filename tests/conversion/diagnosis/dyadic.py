"""A small network whose sums are exact."""

import numpy as np

from spikewright.snn import Integrator, Linear, Network, Population, Projection, QuantReLU, Ramp, Source, dense


def small_network(neuron: object, code: object) -> Network:
    """Dyadic numbers, so that sums are exact."""
    rng = np.random.default_rng(1)
    weights = [dense((rng.integers(-16, 17, shape) / 8).astype(np.float32)) for shape in ((5, 4), (3, 5))]
    graded = isinstance(neuron, QuantReLU | Ramp)
    middle = Population("a", (5,), neuron, 0.25, 0.0 if graded else 0.5, amplitude=1.0)  # type: ignore[arg-type]
    populations = (Population("input", (4,), Source()), middle, Population("b", (3,), Integrator(), amplitude=1.0))
    links = (Projection("input", "a", Linear(weights[0])), Projection("a", "b", Linear(weights[1])))
    return Network(populations, links, "input", "b", code)  # type: ignore[arg-type]
