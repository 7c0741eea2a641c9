"""From units to projections and files."""

from dataclasses import replace

import numpy as np

from spikewright.conversion import Rate, Ttfs, convert
from spikewright.snn import Identity, Linear, Network
from spikewright.weights import stored_values
from tests.conversion.architectures import CASES, build, images
from tests.conversion.quantised import answers, small


def test_a_residual_sum_is_two_projections() -> None:
    network = convert(build(CASES["residual"]), images(CASES["residual"]), Rate(7))
    into = [p for p in network.projections if p.target == "block1_conv2"]
    assert [type(p.synapse).__name__ for p in into] == ["Conv2d", "Identity"]
    source = network.by_name[into[1].source]
    assert isinstance(into[1].synapse, Identity)
    np.testing.assert_allclose(into[1].synapse.gain, source.neuron.threshold)


def test_pools_become_addresses() -> None:
    network = convert(build(CASES["lenet"]), images(CASES["lenet"]), Ttfs())
    assert [p.pool for p in network.projections] == [(1, 1), (2, 2), (2, 2), (1, 1)]
    weights = build(CASES["lenet"])[3].weight.detach().numpy()
    np.testing.assert_allclose(stored_values(network.projections[1].synapse.weights), weights / 4, rtol=1e-6)
    assert isinstance(network.projections[-1].synapse, Linear)


def test_the_network_file_keeps_a_converted_network(tmp_path) -> None:
    network = convert(small(CASES["residual"]), images(CASES["residual"]), Rate(7))
    network.save(tmp_path / "network.snn")
    again = Network.load(tmp_path / "network.snn")
    np.testing.assert_array_equal(answers(again, "residual"), answers(network, "residual"))
    assert str(again.report) == str(network.report)
    assert replace(again).logit_scale == network.logit_scale
