"""`sw_tally`, `sw_levels`, `sw_decide` and `sw_gate`, cycle by cycle: when steps are taken, and inferences over."""

from spikewright.hardware.behaviour.kernels.gathering import FOREVER
from spikewright.snn.kernels.jit import compiled


@compiled
def readout_rests(r):
    """How many cycles the read-out goes on with what it does."""
    rests = r.arrives - 1 if r.arrives > 0 else FOREVER
    if r.clears > 0:
        return min(rests, r.clears - 1)
    if r.done:
        before = r.left - _last_words(r)
        return min(rests, before if r.ends and before >= 0 else r.left - 1)
    return rests


@compiled
def readout_goes_on(r, cycles):
    """The read-out does what it does for so many cycles."""
    if r.arrives > 0:
        r.arrives -= cycles
    if r.clears > 0:
        r.clears -= cycles
    elif r.done:
        r.left -= cycles


@compiled
def readout_cycle(r, step_done, decisions, steps):
    """One cycle; `step_done`: the token of a step was tallied in it. `over` says whether an inference is over."""
    r.over = r.clears == 0 and r.done and r.ends and r.left == _last_words(r)
    if r.arrives > 0:
        r.arrives -= 1
        step_done |= r.arrives == 0
    if r.clears > 0:
        r.clears -= 1
    elif r.done:
        r.left -= 1
        if r.left == 0:
            r.done = False
            r.step = (0 if r.each else steps - 1) if r.ends else r.step + 1
            r.sample += r.ends
    if step_done:
        r.done = True
        last = r.step == steps - 1
        r.ends = last or r.step + 1 == decisions[r.sample]
        looks = r.rule or last
        r.left = (2 * r.neurons + 6 if r.ends else r.neurons + 4) + (1 if r.rule else 0) if looks else 1


@compiled
def gate_cycle(r, ends):
    """One cycle of the gate; `ends`: the last word of an inference came in."""
    closed = r.closed
    if r.over:
        r.closed = False
    elif ends and not r.drops:
        r.closed = True
    if ends:
        r.drops = False
    elif r.over and not closed:
        r.drops = True


@compiled
def _last_words(r):
    """Cycles from that in which an inference is over until its answer has been sent."""
    return r.neurons + 3
