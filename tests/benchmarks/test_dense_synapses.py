"""Projections as dense operations of torch give the sums of the reference engine; others are refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks.dense_plan import Plan
from benchmarks.dense_synapses import Current
from spikewright import InvalidInput
from spikewright.snn import Direct, Integrator, Network, Population, Projection, Source, simulate
from tests.snn.every_record import NETWORKS

PLAN = Plan("layers")


@pytest.mark.parametrize("name", ["AvgPool2d", "Identity", "Integrator"])
@pytest.mark.parametrize("last", [False, True])
def test_one_projection_at_a_time(name: str, last: bool) -> None:
    network = NETWORKS[name]
    for projection in network.projections:
        source, target = network.by_name[projection.source], network.by_name[projection.target]
        shape = projection.synapse.output_shape(source.shape) if projection.pool == (1, 1) else target.shape
        parts = (Population("in", source.shape, Source()), Population("out", shape, Integrator(), 0.5))
        alone = Network(parts, (Projection("in", "out", projection.synapse, projection.pool),), "in", "out", Direct(1))
        images = np.random.default_rng(0).random((2, *source.shape)).astype(np.float32)
        wanted = np.asarray(simulate(alone, images, engine="reference").logits).reshape(2, *shape)
        current = Current(alone, parts[1], replace(PLAN, channels_last=last), None)
        np.testing.assert_allclose(current.of({"in": torch.from_numpy(images)}, {}), wanted, rtol=1e-5, atol=1e-6)


def test_other_synapses_are_refused() -> None:
    network = NETWORKS["ConvTranspose2d"]
    with pytest.raises(InvalidInput, match="a whole-population synapse of Linear, Conv2d, AvgPool2d, Identity"):
        for population in network.order[1:]:
            Current(network, population, PLAN, None)
