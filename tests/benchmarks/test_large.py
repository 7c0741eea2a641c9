"""What is built has the neurons and synapses that were asked for."""

from benchmarks.large import Large, build


def test_counts() -> None:
    wanted = Large(layers=3, width=20, fan_out=4, steps=2)
    assert (wanted.neurons, wanted.synapses) == (60, 160)
    network = build(wanted)
    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    stored = [int((q.synapse.weights.values() != 0).sum()) for q in network.projections if q.source != network.input]
    assert sum(p.size for p in hidden) == wanted.neurons and sum(stored[:-1]) == wanted.synapses
