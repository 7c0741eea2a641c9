"""The rule and the law of the neurons of a small population."""

import numpy as np

from spikewright.snn import Identity, RateCode
from spikewright.snn.event.firing_rules import firing_rule
from spikewright.snn.event.members import Member
from tests.snn.small import single

SHAPE = (2, 2, 3)


def ruled(neuron, numbers="fixed", code=None, **options):
    """The rule and the law of a population of these neurons."""
    bits = {"potential_bits": 12} if numbers == "fixed" else {}
    network = single((SHAPE, SHAPE), neuron, Identity(1), code or RateCode(2), numbers=numbers, **bits, **options)
    rule, kind = firing_rule(network, network.populations[1]), np.dtype(np.int32 if bits else np.float32)
    return rule, rule.law(Member(network, network.populations[1], kind, 3))
