"""A run in torch: what is held, what is sent, and totals in units of a weight."""

import numpy as np
import pytest
import torch

from spikewright.snn import Direct, QuantReLU, Ramp, RateCode, simulate
from spikewright.snn.twin.network import Twin
from spikewright.snn.twin.surrogates import Triangle
from spikewright.snn.twin.through_time import TwinRun, held_populations
from tests.snn.every_record import NETWORKS
from tests.snn.twin.small_twins import one_neuron

RUNS = ["IF", "LIF", "SignedIF", "Burst", "MaxGate", "Phase", "SpikeSelect", "LatchedIF", "FewSpike", "QuantReLU"]


@pytest.mark.parametrize("name", RUNS)
def test_every_population_sends_what_the_reference_sends(name: str) -> None:
    network = NETWORKS[name]
    images = torch.rand((2, *network.by_name[network.input].shape), generator=torch.Generator().manual_seed(1))
    images = (images * 16).round() / 16
    twin = Twin(network, surrogate=Triangle(), engine_values=False)
    run = TwinRun(twin.law, {path.projection.name: path for path in twin.paths}, images)
    logits = run()
    activity = simulate(network, images.numpy(), engine="reference", record=["rasters"])
    assert np.array_equal(logits.detach().numpy(), activity.logits)
    for population in network.populations:
        sent = torch.stack(run.sent[population.name]).detach().numpy()
        assert np.array_equal(sent, activity.rasters[population.name][: len(sent)])


def test_what_is_sent_once_is_held() -> None:
    assert held_populations(one_neuron(QuantReLU(1.0, 0, 3), Direct(1))) == {"in", "h"}
    assert held_populations(NETWORKS["Ttfs"]) >= {
        p.name for p in NETWORKS["Ttfs"].populations if isinstance(p.neuron, Ramp)
    }
    assert held_populations(NETWORKS["IF"]) == set()
    assert isinstance(NETWORKS["IF"].code, RateCode)
