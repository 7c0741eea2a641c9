"""The clock: all modules of a core, cycle by cycle; cycles in which none of them does anything new are gone through at
once."""

from spikewright.hardware.behaviour.kernels.answering import gate_cycle, readout_cycle, readout_goes_on, readout_rests
from spikewright.hardware.behaviour.kernels.gathering import (
    FOREVER,
    fronts_cycle,
    layers_cycle,
    layers_go_on,
    layers_look,
    layers_restart,
)
from spikewright.hardware.behaviour.kernels.records import NEVER
from spikewright.hardware.behaviour.kernels.sending import senders_cycle, senders_look, senders_restart, senders_wait
from spikewright.hardware.behaviour.kernels.staging import stages_begin, stages_restart
from spikewright.snn.kernels.jit import compiled


@compiled
def run(core, most):
    """Go through cycles until no module does anything any more: how many there were, -1 where they are more than `most`.

    A cycle begins with a look at what all modules do in it; then senders send, and layers take what stood in their queues.
    """
    (fronts, layers, senders, readouts, stages, incoming, readers, passes, spikes, marks, starts, front_starts,
     stage_starts, decisions, steps, driven_once, sent, answered, over, spent) = core  # fmt: skip
    readout, cycle, answers = readouts[0], 0, 0
    while cycle < most:
        rests = min(layers_look(layers, senders, incoming, fronts, stages, readout, steps), readout_rests(readout))
        if not senders_look(senders, readers, fronts, readout):
            rests = 0
        if rests == FOREVER:
            return cycle
        senders_wait(senders, readers, fronts, rests + 1)
        if rests > 0:
            layers_go_on(layers, spent, incoming, fronts, rests)
            readout_goes_on(readout, rests)
            cycle += rests
        word = senders[0].word
        step_done = senders_cycle(senders, readers, fronts, readout, spikes, sent, cycle)
        begins = _begins(senders[0], starts, readout.taken_in, word)
        fronts_cycle(layers, incoming, fronts, stages, passes, marks, steps)
        if layers_cycle(layers, senders, spent, incoming, fronts, readout, steps, driven_once):
            answered[answers] = cycle
            answers += 1
        if begins:
            stages_begin(stages)
        early = _end_cycle(readout, senders[0], step_done, starts, decisions, steps, over, cycle)
        if early:
            sample = readout.sample + 1
            layers_restart(layers, fronts, stages, front_starts, sample, steps)
            stages_restart(stages, stage_starts, sample)
            senders_restart(senders, starts, sample, steps)
            while answers > 0 and answered[answers - 1] + senders[len(senders) - 1].way > cycle:
                answers -= 1  # it was on its way out
                answered[answers] = NEVER
        cycle += 1
    return -1


@compiled
def _begins(source, starts, sample, word):
    """Whether the input has sent the first word of an inference, in a cycle in which its next one was `word`."""
    return source.word > word and word == starts[0, sample]


@compiled
def _end_cycle(readout, source, step_done, starts, decisions, steps, over, cycle):
    """The cycle of what is behind the layers, and in front of them: whether an inference is over early."""
    last = readout.step == steps - 1
    readout_cycle(readout, step_done, decisions, steps)
    if readout.over:
        over[readout.sample] = cycle
    ends = source.word == starts[0, readout.taken_in + 1] if readout.taken_in < len(decisions) else False
    if readout.rule:
        gate_cycle(readout, ends)
    readout.taken_in += ends
    return readout.over and not last
