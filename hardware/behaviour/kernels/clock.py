"""The clock: all modules of a core, cycle by cycle; cycles in which none of them does anything new are gone through at once."""

from spikewright.hardware.behaviour.kernels.gathering import FOREVER, layers_cycle, layers_go_on, layers_look
from spikewright.hardware.behaviour.kernels.sending import senders_cycle, senders_look, senders_wait
from spikewright.snn.kernels.jit import compiled


@compiled
def run(core, most):
    """Go through cycles until no module does anything any more: how many there were, -1 where they are more than `most`.

    A cycle begins with a look at what all modules do in it; then senders send, and layers take what stood in their queues.
    """
    fronts, layers, senders, incoming, readers, passes, spikes, steps, driven_once, sent, answered, spent = core
    cycle = answers = 0
    while cycle < most:
        rests = layers_look(layers, senders, incoming, fronts)
        if not senders_look(senders, readers, fronts):
            rests = 0
        if rests == FOREVER:
            return cycle
        senders_wait(senders, readers, fronts, rests + 1)
        if rests > 0:
            layers_go_on(layers, spent, incoming, fronts, rests)
            cycle += rests
        senders_cycle(senders, readers, fronts, spikes, sent, cycle)
        if layers_cycle(layers, senders, spent, incoming, fronts, passes, steps, driven_once):
            answered[answers] = cycle
            answers += 1
        cycle += 1
    return -1
