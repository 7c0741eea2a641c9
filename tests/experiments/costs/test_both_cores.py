"""Both cores are made from one model, with the same weights and as many levels."""

import numpy as np
import torch
from torch import nn

from spikewright import SpikewrightError, prune, quantize
from spikewright.compress import Compressed
from spikewright.experiments.costs.both_cores import networks_of_both
from spikewright.hardware.costs.core_cost import FORMAL, SPIKE
from spikewright.hardware.model.weight_memory import CoreWeights
from spikewright.snn import Network
from spikewright.snn.traits import is_quantised
from spikewright.weights import Lookup, stored_values

SAMPLES = torch.rand(16, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 12), nn.ReLU(), nn.Linear(12, 4)
    ).eval()


def both(given: object, **settings: object) -> tuple[Network, Network]:
    found = networks_of_both(given, SAMPLES, **settings)  # type: ignore[arg-type]
    spiking, formal = found[SPIKE], found[FORMAL]
    assert isinstance(spiking, Network)
    assert isinstance(formal, Network)
    return spiking, formal


def test_levels_and_layers_are_the_same() -> None:
    spiking, formal = both(model())
    assert (spiking.numbers, formal.numbers) == ("fixed", "fixed")
    assert is_quantised(formal)
    assert not is_quantised(spiking)
    assert [p.shape for p in spiking.order] == [p.shape for p in formal.order]
    assert {p.neuron.levels for p in formal.populations if p.neuron.sends == "values"} == {spiking.steps}


def test_weights_are_the_same_integers() -> None:
    for small in (model(), quantize(model(), 4), prune(model(), 0.8)):
        for mine, other in zip(*(network.projections for network in both(small)), strict=True):
            assert np.array_equal(stored_values(mine.synapse.weights), stored_values(other.synapse.weights))


def test_what_was_pruned_is_stored_in_neither() -> None:
    for network in both(prune(model(), 0.8)):
        survivors = sum(np.count_nonzero(stored_values(q.synapse.weights)) for q in network.projections)
        assert survivors <= round(0.2 * 8 * (9 + 432 + 6) + 1)
        assert all(CoreWeights.of(q.synapse.weights).mask is not None for q in network.projections[1:2])


def test_shared_weights_stay_shared() -> None:
    given = model()
    layer = given[3]
    table = np.linspace(-0.06, 0.06, 16, dtype=np.float32)
    index = np.abs(layer.weight.detach().numpy()[..., None] - table).argmin(axis=-1).astype(np.uint8)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(table[index]))
    for network in both(Compressed(given, {"3": Lookup(table, index)})):
        stored = CoreWeights.of(network.projections[1].synapse.weights)
        assert stored.table is not None
        assert stored.table.size <= 16


def test_an_error_stands_where_there_is_no_network() -> None:
    refused = networks_of_both(nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.Softplus(), nn.Linear(8, 4)), SAMPLES)
    assert all(isinstance(one, SpikewrightError) for one in refused.values())
