"""What stands between the queue of a projection and its front, and the words that come out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from spikewright.hardware.behaviour.kernels.records import COUNTS, DELAY, ORDER, STAGE, Records, Whole
from spikewright.hardware.behaviour.sent_words import TOKEN, sample_starts
from spikewright.hardware.circuit.gates import EACH, EVERY_STEP
from spikewright.hardware.circuit.orders import places_read, staged_order
from spikewright.hardware.circuit.record import Circuit
from spikewright.snn import Projection

Words = Whole
"""Neurons or places, and TOKEN behind each step."""


@dataclass(frozen=True, eq=False)
class QueueStage:
    """A stage of a `kind` of `kernels.records`; `marks`: what it is told of each of its words, `words`; `comes`: of a delay,
    of each word that comes. `neurons`, `replay`, `delay`: see `STAGE`."""

    kind: int
    words: Words
    marks: Whole
    comes: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    neurons: int = 0
    replay: int = 0
    delay: int = 0


@dataclass(frozen=True, eq=False)
class StageChain:
    """The stages behind a queue, and the words that come out of the last one."""

    stages: tuple[QueueStage, ...]
    words: Words


def staged(circuit: Circuit, projection: Projection, words: Words) -> StageChain:
    """What stands behind the queue of a projection into which `words` are sent."""
    steps, found, counts = circuit.network.steps, [], circuit.counted(projection)
    if projection.delay:
        delay, comes = min(projection.delay, steps), words
        words = _delayed(words, steps, delay)
        found.append(QueueStage(DELAY, words, _tokens(words), _tokens(comes), delay=delay))
    if counts:
        neurons = circuit.network.by_name[projection.source].size
        found.append(QueueStage(COUNTS, words, _tokens(words), neurons=neurons, replay=counts.replay))
        words = words if counts.replay == EACH else _replayed(words, neurons, steps, counts.replay)
    if (order := staged_order(projection)) is not None:
        places = [*places_read(order), np.array([TOKEN])]
        often = np.array([len(each) for each in places])[words]
        found.append(QueueStage(ORDER, words, often))
        words = np.concatenate([np.zeros(0, np.int64), *(places[word] for word in words)]).astype(np.int64)
    return StageChain(tuple(found), words)


def _tokens(words: Words) -> Whole:
    found: Whole = (words == TOKEN).astype(np.int64)
    return found


def _delayed(words: Words, steps: int, delay: int) -> Words:
    """In each inference `delay` tokens, and then its steps but the last ones."""
    ends = np.flatnonzero(words == TOKEN) + 1
    firsts, lasts = np.append(0, ends[steps - 1 : -1 : steps]), np.append(0, ends)[steps - delay :: steps]
    parts = [np.append(np.full(delay, TOKEN), words[a:b]) for a, b in zip(firsts, lasts, strict=False)]
    return np.concatenate(parts)


def _replayed(words: Whole, neurons: int, steps: int, replay: int) -> Whole:
    """All neurons and a token in each step, or in the last step of each inference and else the tokens alone."""
    tokens, whole = int(np.count_nonzero(words == TOKEN)), np.append(np.arange(neurons), TOKEN)
    if replay == EVERY_STEP:
        return np.tile(whole, tokens)
    inference = np.concatenate([np.full(steps - 1, TOKEN), whole])
    return np.tile(inference, tokens // steps)


def stage_records(stages: Sequence[QueueStage]) -> Records:
    """The stages after a reset, in which counts walk over all neurons."""
    made = np.zeros(len(stages), STAGE)
    for name in ("kind", "neurons", "replay", "delay"):
        made[name] = [getattr(stage, name) for stage in stages]
    lengths = [len(part) for stage in stages for part in (stage.marks, stage.comes)]
    firsts = np.array(list(accumulate(lengths, initial=0))[:-1], np.int64).reshape(-1, 2)
    made["base"], made["in_base"] = firsts.T
    made["word"], made["in_word"] = firsts.T
    made["left"] = made["neurons"]
    made["walks"] = made["starting"] = made["kind"] == COUNTS
    return made


def stage_starts(stages: Sequence[QueueStage], samples: int) -> Whole:
    """`(stages, 2, samples + 1)`: the first word of each sample of a stage, and the first that comes to a delay."""
    found = np.zeros((len(stages), 2, samples + 1), np.int64)
    for n, stage in enumerate(stages):
        found[n, 0] = sample_starts(stage.words, samples)
        if stage.kind == DELAY:
            found[n, 1] = sample_starts(np.where(stage.comes == 1, TOKEN, 0), samples)
    return found
