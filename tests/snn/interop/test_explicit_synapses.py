"""Every synapse by itself: source, target and weight of what a projection does."""

import numpy as np

from spikewright.snn import Integrator, Linear, Network, Population, Projection, RateCode, Source, dense
from spikewright.snn.interop.explicit_synapses import explicit


def test_all_synapses_are_made_explicit() -> None:
    """A pooled projection, as Brian2 gets it: one synapse for each place of a window."""
    parts = (Population("in", (1, 2, 2), Source()), Population("out", (3,), Integrator()))
    weights = np.array([[1.0], [0.0], [2.0]], dtype=np.float32)
    network = Network(parts, (Projection("in", "out", Linear(dense(weights)), (2, 2)),), "in", "out", RateCode(1))
    pre, post, values = explicit(network, network.projections[0])
    found = set(zip(pre.tolist(), post.tolist(), values.tolist(), strict=True))
    assert found == {(i, j, w) for i in range(4) for j, w in ((0, 1.0), (2, 2.0))}
