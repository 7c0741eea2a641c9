"""How long it takes from the image to the answer."""

from hypothesis import given

from spikewright.conversion.integers.depth import charge_ends, firing_depth
from spikewright.snn import Network
from tests.conversion.integer_networks import Case, integer_cnns


def longest(network: Network, name: str, window: int) -> int:
    """By every path: the window, and for each layer of levels all of them but one."""
    neuron = network.by_name[name].neuron
    own = neuron.most - 1 if neuron.sends == "values" else 0
    return own + max((longest(network, q.source, window) for q in network.incoming[name]), default=window - 1)


@given(integer_cnns())
def test_charges_end_when_the_longest_path_does(case: Case) -> None:
    network = case.network
    assert charge_ends(network, 3) == {p.name: longest(network, p.name, 3) for p in network.populations}


@given(integer_cnns())
def test_the_depth_counts_layers_that_fire(case: Case) -> None:
    network = case.network

    def depth(name: str) -> int:
        silent = {network.input} | ({network.output} if network.readout == "potential" else set())
        return (name not in silent) + max((depth(q.source) for q in network.incoming[name]), default=0)

    assert firing_depth(network) == depth(network.output)
