"""What stands between a queue and its front, cycle by cycle: `sw_counts`, and stages like it. Each holds a word and offers it
on."""

from spikewright.snn.kernels.jit import compiled

EACH, EVERY_STEP, AT_THE_END = range(3)  # REPLAY of `sw_counts`


@compiled
def stage_offers(stage):
    """Whether a stage shows a word to what comes behind it."""
    return stage.full and stage.shown


@compiled
def stage_moves(stage, comes):
    """Whether a stage does something by itself; `comes`: a word is offered to it."""
    return not stage_offers(stage) and (stage.full or stage.walks or comes)


@compiled
def stage_cycle(stage, comes, taken, marks, steps):
    """One cycle of `sw_counts`: whether it takes the word that `comes`. `taken`: what it offers goes on."""
    if stage_offers(stage) and not taken:
        return False
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
        stage.walks, stage.starting = True, True
        stage.left, stage.step = stage.neurons, 0
        stage.word = stage.base + stage_starts[number, sample]
