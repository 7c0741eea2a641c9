"""`sw_front` and `sw_array`, cycle by cycle: which projection is served, tokens, and the sweep."""

from spikewright.hardware.behaviour.kernels.fronts import front_moves, front_takes, release_front, take_word
from spikewright.hardware.behaviour.kernels.staging import arrives, keeps_first, stage_cycle, stage_moves, stage_offers
from spikewright.snn.kernels.jit import compiled

BEGIN, PASS, WAIT, SWEEP, STALL, SETTLE = range(6)  # numbers in PHASES
FOREVER = 1 << 62


@compiled
def layers_look(layers, senders, incoming, fronts, stages, readout, steps):
    """What layers do in the cycle that comes: how many cycles they go on with what they do, unless something arrives."""
    rests = FOREVER
    for number in range(len(layers)):
        layer = layers[number]
        gathers, moves = layer.phase == WAIT, False
        layer.served, layer.complete = -1, gathers
        for at in range(layer.first, layer.past):
            front = fronts[incoming[at]]
            front.comes = front.queue > 0
            for stage in range(front.stage, front.past_stage):
                moves |= stage_moves(stages[stage], front.comes)
                front.comes = stage_offers(stages[stage])
            moves |= front_moves(front, gathers)
            if gathers and (front.held or not layer.keeps):
                layer.complete &= front.complete
                if front.left > 0 and layer.served < 0:
                    layer.served = incoming[at]
        waits = layer.levels and readout.done and not layer.keeps and (layer.each or layer.step == steps - 1)
        layer.issues = _issues(layer, senders[number + 1].queued, waits)
        left = fronts[layer.served].left if layer.served >= 0 else 0
        rests = 0 if moves else min(rests, _rests(layer, left))
    return rests


@compiled
def layers_go_on(layers, spent, incoming, fronts, cycles):
    """Layers do what they do for so many cycles."""
    for number in range(len(layers)):
        layer = layers[number]
        spent[number, _spent(layer)] += cycles
        for at in range(layer.first, layer.past):
            front = fronts[incoming[at]]
            if incoming[at] == layer.served:
                front.left -= cycles
            elif layer.phase == WAIT and front.left > 0:
                front.crossed += cycles
        if layer.phase == SETTLE:
            layer.waited += cycles
        elif layer.issues:
            layer.block += cycles


@compiled
def fronts_cycle(layers, incoming, fronts, stages, passes, marks, steps):
    """One cycle of all queues and fronts, and of what stands between them."""
    for number in range(len(layers)):
        layer = layers[number]
        for at in range(layer.first, layer.past):
            front = fronts[incoming[at]]
            taken, enters = front_takes(front, layer.phase == WAIT, incoming[at] == layer.served)
            if enters:
                take_word(front, passes[front.word])
            for stage in range(front.past_stage - 1, front.stage - 1, -1):
                before = stage_offers(stages[stage - 1]) if stage > front.stage else front.queue > 0
                taken = stage_cycle(stages[stage], before, taken, marks, steps)
            front.queue -= taken
            if front.arriving == 1 and arrives(front, stages, marks, steps):
                front.queue += 1
            front.arriving = 0
            front.most = max(front.most, front.queue)


@compiled
def layers_cycle(layers, senders, spent, incoming, fronts, readout, steps, driven_once):
    """One cycle of all layers: whether the output issues a block of an answer."""
    answers = False
    for number in range(len(layers)):
        layer, sender = layers[number], senders[number + 1]
        spent[number, _spent(layer)] += 1
        sweeps = layer.issues and layer.phase == SWEEP and not layer.keeps
        gives = sweeps and layer.answers and (layer.each or layer.step == steps - 1)
        answers |= gives
        if gives and layer.levels and layer.block == layer.blocks - 1:
            readout.arrives = sender.way + 1
        if sweeps and layer.fires:
            sender.queued += 1
            sender.flight |= 1
        if _phase_ends_sweep(layer):
            last_step = layer.step == steps - 1
            if _sweep_was_sent(layer, last_step):
                for at in range(layer.first, layer.past):
                    release_front(fronts[incoming[at]], last_step, driven_once)
    return answers


@compiled
def _issues(layer, queued, waits):
    """Whether a block is issued: in a sweep, as long as those that fired can be sent on; where it answers, unless it
    waits."""
    if layer.phase == SWEEP:
        return (layer.keeps or not layer.fires or queued != layer.ahead) and not waits
    return layer.phase == BEGIN


@compiled
def _spent(layer):
    """What a layer does in this cycle, a number in PHASES."""
    if layer.served >= 0:
        return PASS
    return STALL if layer.phase == SWEEP and not layer.issues else layer.phase


@compiled
def _rests(layer, left):
    """How many cycles a layer goes on with what it does; `left`: passes of the event that is served."""
    if layer.phase == WAIT:
        return left - 1 if layer.served >= 0 else 0 if layer.complete else FOREVER
    if layer.phase == SETTLE:
        return layer.settles - 1 - layer.waited
    if not layer.issues:
        return FOREVER
    seen = layer.phase == SWEEP and not layer.keeps and (layer.fires or layer.answers)
    return 0 if seen else layer.blocks - 1 - layer.block


@compiled
def _phase_ends_sweep(layer):
    """The phase of a layer after a cycle: whether a sweep has come to its end."""
    if layer.issues:
        layer.block += 1
        if layer.block == layer.blocks:
            swept = layer.phase == SWEEP
            layer.block, layer.waited, layer.phase = 0, 0, SETTLE
            return swept
    elif layer.complete:
        layer.phase = SWEEP
    elif layer.phase == SETTLE:
        layer.waited += 1
        if layer.waited == layer.settles:
            layer.phase = WAIT
    return False


@compiled
def _sweep_was_sent(layer, last_step):
    """The step after a sweep, False for one that kept held currents."""
    kept = layer.keeps
    layer.keeps = layer.holds and not kept and last_step
    if not kept:
        layer.step = 0 if last_step else layer.step + 1
    return not kept


@compiled
def layers_restart(layers, fronts, stages, front_starts, sample, steps):
    """All layers begin anew, and drop what they have, with another sample."""
    for number in range(len(layers)):
        layer = layers[number]
        layer.phase, layer.block, layer.step, layer.waited, layer.keeps = BEGIN, 0, 0, 0, layer.holds
    for number in range(len(fronts)):
        front = fronts[number]
        front.queue, front.arriving, front.left, front.tokens = 0, 0, 0, 0
        front.token, front.resume, front.complete, front.tables, front.list = False, False, False, False, False
        front.keeps = keeps_first(front, stages, steps)
        front.word = front.base + front_starts[number, sample]
