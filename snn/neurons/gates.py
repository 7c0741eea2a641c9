"""Max-pooling of spikes."""

from dataclasses import dataclass

from spikewright.snn.neurons.record import Neuron


@dataclass(frozen=True, eq=False)
class MaxGate(Neuron):
    """Max-pooling of spikes: after each step the gate has sent, in total, the largest count of any input of its window.

    Each gate looks at one window of the `Windows` projection into it. c_i(t) is the number of spikes that have arrived of
    input i of the window in the steps 0 .. t (a negative spike counts -1), and m(t) = max_i c_i(t), with m = 0 before the first
    step. In step t the gate sends the number m(t) - m(t - 1), which may be negative where spikes may be.

        input 1   1 0 1 0        counts 1 1 2 2
        input 2   0 1 1 1        counts 0 1 2 3
        the gate  1 0 1 1        m      1 1 2 3

    Layerwise: all spikes of the run are there before the gate's first step, so it starts with left = max_i c_i, and sends in
    each step as much of it as one of its sources can in one: s = min(max(left, -q), q), then left = left - s. q is `most` of
    its sources (`snn.traits`), the largest of several: the `limit` of a Burst, 1 of an IF.

    Sources that send one number for the whole run (values or times, `snn.traits`): it sends the largest of each window, once;
    of times that is the earliest spike.

    Channels that no projection reaches stay at 0. It has no bias and no initial potential, and projections into it have no
    pool, shift or delay. What is recorded as its potential is m(t), layerwise `left` after the step, of numbers the number.
    """

    sends = "passed on"
    potential = "none"
    compares = True
    obeys = frozenset({"first spikes"})
