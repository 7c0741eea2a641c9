"""Every neuron with a law has its rule."""

from spikewright.snn import IF, LIF, PhaseCode, SignedIF
from spikewright.snn.event.firing_rules import FIRING_RULES
from spikewright.snn.event.ramp_populations import RAMP_LAWS
from spikewright.snn.kernels.fire_general import fire_rule_fixed
from spikewright.snn.kernels.fire_plain import fire_fixed, fire_float
from spikewright.snn.kernels.fire_steady import fire_steady_float
from spikewright.snn.neurons import NEURONS
from tests.snn.event.ruled import ruled


def test_every_neuron_is_answered_somehow():
    answered = {*FIRING_RULES, *RAMP_LAWS}
    assert {neuron for neuron in NEURONS if not neuron.compares and neuron.potential != "none"} == answered


def test_plain_neurons_have_plain_kernels_and_others_general_ones():
    plain, _ = ruled(IF(5))
    assert plain.kernel(True) is fire_fixed and plain.kernel(False, steady=True) is fire_steady_float
    assert ruled(LIF(5, 0.25))[0].kernel(False, steady=True) is fire_float
    for rule in (ruled(IF(5, refractory=1))[0], ruled(IF(5), code=PhaseCode(2))[0], ruled(SignedIF(5))[0]):
        assert rule.kernel(True, steady=True) is fire_rule_fixed and rule.wide and rule.remembers
