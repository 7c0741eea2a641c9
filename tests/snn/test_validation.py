"""A network that contradicts itself is not built; the sentence names the part."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import IF, Identity, Linear, RateCode
from spikewright.snn.validation import topological_order
from tests.snn.every_record import NETWORKS, recurrent
from tests.snn.small import single

SHAPES = ((2,), (2,))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: single(SHAPES, "IF", Identity(), RateCode(3), readout="count"),
            "neuron of snn.neurons in population 'a'",
        ),
        (lambda: single(SHAPES, IF(1.0), Identity(), "rate"), "expected a code of snn.codes, got str; try RateCode"),
        (lambda: single(SHAPES, IF(1.0), "Identity", RateCode(3)), "synapse of snn.synapses .* in projection 'in->a'"),
        (lambda: single(SHAPES, IF(1.0), Identity(None), RateCode(3)), "weights or a gain in projection 'in->a'"),
        (
            lambda: single(SHAPES, IF(np.ones(3)), Identity(), RateCode(3)),
            "threshold of population 'a' with a shape in",
        ),
        (
            lambda: single(SHAPES, IF(1.0), Linear(np.ones((3, 2))), RateCode(3)),
            r"makes \(3,\), expected \(2,\)",
        ),
        (
            lambda: single(SHAPES, IF(0.5), Identity(), RateCode(3), numbers="fixed", potential_bits=8),
            "integers in",
        ),
    ],
)
def test_the_part_is_named(make, words) -> None:
    with pytest.raises(InvalidNetwork, match=words):
        make()


@pytest.mark.parametrize("network", [*NETWORKS.values(), recurrent()])
def test_sources_come_before_targets_where_nothing_delays(network) -> None:
    order = [p.name for p in topological_order(network)]
    assert order[0] == network.input and sorted(order) == sorted(p.name for p in network.populations)
    assert all(order.index(q.source) < order.index(q.target) for q in network.projections if not q.delay)
