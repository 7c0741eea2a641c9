"""A network of one neuron for tests of the twin."""

from typing import Any

import numpy as np

from spikewright.snn import Integrator, Linear, Network, Population, Projection, Source, dense


def one_neuron(neuron: Any, code: Any, schedule: Any = "synchronous") -> Network:
    populations = (
        Population("in", (1,), Source()),
        Population("h", (1,), neuron),
        Population("out", (1,), Integrator()),
    )
    one = dense(np.ones((1, 1), dtype=np.float32))
    projections = (Projection("in", "h", Linear(one)), Projection("h", "out", Linear(one)))
    return Network(populations, projections, "in", "out", code, schedule)
