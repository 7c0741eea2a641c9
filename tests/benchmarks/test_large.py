"""What is built has the neurons and synapses that were asked for."""

import numpy as np

from benchmarks.large import Large, build
from spikewright.snn import simulate


def test_counts() -> None:
    wanted = Large(layers=3, width=10, fan_out=4)
    assert (wanted.neurons, wanted.synapses) == (30, 80)


def test_the_large_network_has_its_synapses() -> None:
    wanted = Large(layers=3, width=200, fan_out=20, steps=20)
    network = build(wanted)
    stored = sum(q.synapse.weights.stored for q in network.projections[1:-1])
    assert stored == wanted.synapses
    activity = simulate(network, np.full((1, 200), 0.05, np.float32))
    assert activity.synaptic_operations["layer0->layer1"][0] == activity.spikes["layer0"][0] * wanted.fan_out
