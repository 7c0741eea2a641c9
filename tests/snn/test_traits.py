"""What a population sends is answered once, whatever its neurons are."""

import pytest

from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Direct,
    FewSpikeIF,
    Integrator,
    LatchedIF,
    MaxGate,
    QuantReLU,
    Ramp,
    RateCode,
    SignedIF,
    TernaryIF,
    TtfsCode,
)
from spikewright.snn.traits import Sent, is_quantised, is_timed, sent
from tests.snn.every_record import NETWORKS

FIRES = (IF, LIF, SignedIF, TernaryIF, Burst, LatchedIF, FewSpikeIF)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_every_population_of_every_record(name: str) -> None:
    network = NETWORKS[name]
    for population in network.populations:
        what, neuron = sent(network, population), population.neuron
        if population.name == network.input:
            assert what.once == isinstance(network.code, Direct | TtfsCode)
        elif isinstance(neuron, MaxGate):
            sources = [sent(network, network.by_name[q.source]) for q in network.incoming[population.name]]
            assert what.kind in {one.kind for one in sources} and what.most == max(one.most for one in sources)
        else:
            kinds = {Integrator: "nothing", QuantReLU: "values", Ramp: "times"}
            assert what.kind == kinds.get(type(neuron), "spikes")
            assert neuron.fires == isinstance(neuron, FIRES)
            assert what.signed == isinstance(neuron, SignedIF | TernaryIF)
    assert is_timed(network) == isinstance(network.code, TtfsCode)
    assert is_quantised(network) == any(isinstance(p.neuron, QuantReLU) for p in network.populations)


def test_the_largest_number_that_arrives_counts_amplitudes() -> None:
    few = FewSpikeIF(1.0, (4.0, 2.0), (4.0, 2.0), (-4.0, 2.5))
    what = Sent(few.sends, few.most, few.signed, few.amplitudes)
    assert (what.largest, what.takes_away, what.signed) == (4, True, False)
    assert Sent("nothing").largest == 0 and Sent("spikes", Burst(1.0, 3).most).largest == 3


def test_codes_of_spikes_send_no_more_than_their_limit() -> None:
    assert (RateCode(4).most, Direct(4, 15).most, TtfsCode(7).most) == (1, 15, 7)
