"""Additions that spikes bring: with rasters those that engines count."""

import numpy as np
import pytest

from spikewright.hardware.model.event_additions import fan_out
from spikewright.index_maps import IndexMap
from spikewright.snn import (
    IF,
    Conv2d,
    ConvTranspose2d,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    simulate,
)
from tests.hardware.cosim.pruned import pruned
from tests.validate.drawers import DRAWERS, Drawer

SPIKING = [one for one in DRAWERS if not one.name.startswith("MAC") and one.name not in ("delays", "recurrence")]


@pytest.mark.parametrize("drawer", SPIKING, ids=lambda drawer: drawer.name)
def test_spikes_of_neurons_times_their_fan_out_are_the_operations_that_engines_count(drawer: Drawer) -> None:
    seen = 0
    for seed in range(3):
        network, images = drawer.network(seed), drawer.images(seed, 2)
        activity = simulate(network, images, record=("rasters",))
        for projection in network.projections:
            found = fan_out(network, projection)
            if found is None or projection.delay:
                continue
            raster = activity.rasters[projection.source]
            spikes = np.abs(raster) if raster.dtype.kind in "iu" and len(raster) > 1 else raster != 0
            counted = spikes.reshape(*raster.shape[:2], -1).sum(axis=0) @ found
            assert counted.tolist() == activity.synaptic_operations[projection.name].tolist(), projection.name
            seen += 1
    assert seen


def transposed(synapse, shape, pool=(1, 1), order=None) -> Network:
    """A map of three channels into a layer of two, with every third weight."""
    inside = (shape[0], shape[1] // pool[0], shape[2] // pool[1])
    populations = (
        Population("in", shape if order is None else order.source, Source()),
        Population("layer", synapse.output_shape(inside), IF(5), 0, 0, 12),
        Population("out", (2,), Integrator(), 0, 0, 12),
    )
    size = populations[1].size
    projections = (
        Projection("in", "layer", synapse, pool, order=order),
        Projection("layer", "out", Linear(np.ones((2, size), np.int8))),
    )
    return Network(populations, projections, "in", "out", RateCode(4), numbers="fixed")


WEIGHTS = (np.arange(4 * 2 * 3 * 2) % 3 == 0).astype(np.int8).reshape(4, 2, 3, 2)
ORDER = IndexMap.of((4, 5, 6), np.random.default_rng(0).integers(-1, 120, (4, 6, 5)))


@pytest.mark.parametrize(
    "network",
    [
        transposed(ConvTranspose2d(WEIGHTS, (2, 1), (1, 1), (1, 0), (1, 2), 2), (4, 4, 5)),
        transposed(Conv2d(WEIGHTS, (2, 3), (1, 0), (1, 2), 2), (4, 6, 7)),
        transposed(Conv2d(WEIGHTS, padding=(2, 1), groups=2), (4, 7, 5), pool=(2, 2)),
        transposed(Conv2d(WEIGHTS, groups=2), (4, 6, 5), order=ORDER),
        transposed(Conv2d(WEIGHTS, groups=2), (4, 6, 5), pool=(2, 1), order=ORDER),
    ],
    ids=("transposed", "strided", "pooled", "ordered", "ordered and pooled"),
)
def test_edges_strides_groups_pools_and_orders_count(network: Network) -> None:
    images = np.random.default_rng(1).random((2, *network.by_name["in"].shape)).astype(np.float32)
    activity = simulate(network, images, record=("rasters",))
    spikes = activity.rasters["in"].sum(axis=0).reshape(2, -1)
    found = fan_out(network, network.projections[0])
    assert (spikes @ found).tolist() == activity.synaptic_operations[network.projections[0].name].tolist()


def test_a_pool_has_no_weights_to_count() -> None:
    network = pruned(DRAWERS[0].network(0), 0)
    gained = [q for q in network.projections if q.synapse.weights is None]
    assert all(fan_out(network, q) is None for q in gained)
