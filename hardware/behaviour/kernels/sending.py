"""`sw_spikes` and the queues behind it, cycle by cycle. A sender sends a word into the queues of all its readers at once,
when each has room."""

from spikewright.snn.kernels.jit import compiled


@compiled
def senders_look(senders, readers, fronts, readout):
    """What senders do in the cycle that comes: whether all of them do nothing as long as no layer does."""
    rest = True
    for number in range(len(senders)):
        s = senders[number]
        s.offers, s.waits = s.token or (s.full and s.left > 0), False
        if s.offers:
            s.waits = (s.tallied and (readout.done or readout.clears > 0)) or (number == 0 and readout.closed)
            for at in range(s.first, s.past):
                front = fronts[readers[at]]
                s.waits |= front.keeps and front.queue >= front.depth
            if number == 0 and readout.drops:
                s.waits = False
        moves = not s.waits if s.offers else s.full or s.waiting > 0
        rest = rest and not moves and s.flight == 0
    return rest


@compiled
def senders_wait(senders, readers, fronts, cycles):
    """Senders that have to wait do so for so many cycles; the queues that have no room are noted."""
    for number in range(len(senders)):
        s = senders[number]
        if s.waits:
            s.blocked += cycles
            for at in range(s.first, s.past):
                front = fronts[readers[at]]
                if front.keeps and front.queue >= front.depth:
                    front.full += cycles


@compiled
def senders_cycle(senders, readers, fronts, readout, spikes, sent, cycle):
    """One cycle of all senders: whether a step of an output that is tallied has been done."""
    step_done = False
    for number in range(len(senders)):
        s = senders[number]
        if s.offers and not s.waits:
            if number > 0 or not readout.drops:
                sent[s.word] = cycle
                s.sending += 1
                for at in range(s.first, s.past):
                    fronts[readers[at]].arriving = 1
            s.word += 1
            step_done |= s.tallied and s.token
        if _takes(s):
            s.left = spikes[s.block]
            _taken(s)
    return step_done


@compiled
def _takes(s):
    """The registers after a cycle of `sw_spikes` and of the way to it: whether it takes a block that waits."""
    ends_sweep = s.full and s.last and not s.token
    done = not s.waits and (s.token or not s.full or s.left <= 1)
    takes = done and not ends_sweep and s.waiting > 0
    if done:
        s.token = ends_sweep
        s.full = takes
    elif not s.waits:
        s.left -= 1
    s.waiting += s.flight >> (s.way - 1)
    s.flight = (s.flight << 1) & ((1 << s.way) - 1)
    return takes


@compiled
def _taken(s):
    """The next block has been taken."""
    s.last = s.block == s.last_block
    s.block += 1
    s.waiting -= 1
    s.queued -= 1
    if s.last:
        s.last_block += s.blocks


@compiled
def senders_restart(senders, starts, sample, steps):
    """All senders but the input drop what they have, and go on with another sample."""
    for number in range(1, len(senders)):
        s = senders[number]
        s.full, s.last, s.token = False, False, False
        s.left, s.flight, s.waiting, s.queued = 0, 0, 0, 0
        s.word = s.base + starts[number, sample]
        s.block = s.first_block + s.blocks * steps * sample
        s.last_block = s.block + s.blocks - 1
