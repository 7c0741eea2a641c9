"""What stands between a queue and its front, cycle by cycle: `sw_counts`, `sw_order`, `sw_step_delay`. Each holds a word and
offers it on."""

from spikewright.hardware.behaviour.kernels.records import COUNTS, DELAY, ORDER
from spikewright.snn.kernels.jit import compiled

EACH, EVERY_STEP, AT_THE_END = range(3)  # REPLAY of `sw_counts`


@compiled
def stage_offers(stage):
    """Whether a stage shows a word to what comes behind it."""
    if stage.kind == DELAY and stage.step < stage.delay:
        return stage.begun > 0
    return stage.full and stage.shown


@compiled
def stage_moves(stage, comes):
    """Whether a stage does something by itself; `comes`: a word is offered to it."""
    if stage.kind == DELAY:
        return comes and not stage.full
    return not stage_offers(stage) and (stage.full or stage.walks or comes)


@compiled
def stage_cycle(stage, comes, taken, marks, steps):
    """One cycle of a stage: whether it takes the word that `comes`. `taken`: what it offers goes on."""
    if stage.kind == DELAY:
        return _delay_cycle(stage, comes, taken, marks, steps)
    if stage_offers(stage) and not taken:
        return False
    if stage.kind == ORDER:
        return _order_cycle(stage, comes, marks)
    return _counts_cycle(stage, comes, marks, steps)


@compiled
def _order_cycle(stage, comes, marks):
    """One cycle of `sw_order`, in which what it shows goes on: whether it takes the word that `comes`."""
    if stage.full and stage.left > 1:
        stage.left -= 1
        return False
    stage.full = comes
    if comes:
        stage.left = marks[stage.word]
        stage.shown = stage.left > 0
        stage.word += 1
    return comes


@compiled
def _delay_cycle(stage, comes, taken, marks, steps):
    """One cycle of what `sw_step_delay` has behind its memory: whether it fetches the word that `comes` out of that."""
    gives_kept = taken and stage.step >= stage.delay
    fetches = comes and (not stage.full or gives_kept)
    if taken:
        stage.begun -= stage.step == stage.delay - 1
        if marks[stage.word] == 1:
            stage.step = 0 if stage.step == steps - 1 else stage.step + 1
        stage.word += 1
    stage.full = fetches or (stage.full and not gives_kept)
    stage.shown = stage.full
    return fetches


@compiled
def keeps_first(front, stages, steps):
    """Whether the words of the first step of an inference are kept: not behind a delay of all steps."""
    if front.stage == front.past_stage or stages[front.stage].kind != DELAY:
        return True
    return stages[front.stage].delay < steps


@compiled
def arrives(front, stages, marks, steps):
    """Whether a word that comes to a queue is kept there."""
    kept = front.keeps
    if front.stage < front.past_stage and stages[front.stage].kind == DELAY:
        stage = stages[front.stage]
        if marks[stage.in_word] == 1:
            stage.in_step = 0 if stage.in_step == steps - 1 else stage.in_step + 1
            front.keeps = stage.in_step < steps - stage.delay
        stage.in_word += 1
    return kept


@compiled
def stages_begin(stages):
    """An inference begins with the word that the input has just sent."""
    for number in range(len(stages)):
        stages[number].begun += stages[number].kind == DELAY


@compiled
def _counts_cycle(stage, comes, marks, steps):
    """One cycle of `sw_counts`, in which what it shows goes on: whether it takes the word that `comes`."""
    token = comes and marks[stage.word] == 1
    last_step = stage.step == steps - 1
    replays = stage.replay == EVERY_STEP or (stage.replay == AT_THE_END and last_step)
    begins = token and replays and not stage.walked and not stage.walks
    takes = comes and not stage.walks and not begins
    stage.full = stage.walks or takes
    stage.shown = stage.replay != EACH and not stage.starting if stage.walks else token or stage.replay == EACH
    if stage.walks:
        _walk(stage)
    elif begins:
        stage.walks = True
    if takes:
        stage.word += 1
        if token:
            stage.walked = False
            stage.step = 0 if last_step else stage.step + 1
            stage.walks = stage.replay == EACH and last_step
    return takes


@compiled
def _walk(stage):
    """The next neuron of a walk over all of them."""
    stage.left -= 1
    if stage.left == 0:
        stage.left = stage.neurons
        stage.walks = False
        stage.walked = not stage.starting
        stage.starting = False


@compiled
def stages_restart(stages, stage_starts, sample):
    """All stages begin anew with another sample."""
    for number in range(len(stages)):
        stage = stages[number]
        stage.full, stage.shown, stage.walked = False, False, False
        stage.walks = stage.starting = stage.kind == COUNTS
        stage.left, stage.step, stage.in_step, stage.begun = stage.neurons, 0, 0, 0
        stage.word = stage.base + stage_starts[number, 0, sample]
        stage.in_word = stage.in_base + stage_starts[number, 1, sample]
