"""What stands between the queue of a projection and its front, and the words that come out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from spikewright.hardware.behaviour.kernels.records import STAGE, Records, Whole
from spikewright.hardware.behaviour.sent_words import TOKEN
from spikewright.hardware.circuit.gates import EACH, EVERY_STEP
from spikewright.hardware.circuit.record import Circuit
from spikewright.snn import Projection


@dataclass(frozen=True, eq=False)
class QueueStage:
    """The counts in front of gates: `words` come into it, from a source of `neurons`; `replay`: when counts are sent on."""

    words: Whole
    neurons: int
    replay: int

    @property
    def marks(self) -> Whole:
        """1 for each token."""
        found: Whole = (self.words == TOKEN).astype(np.int64)
        return found


@dataclass(frozen=True, eq=False)
class StageChain:
    """The stages behind a queue, and the words that come out of the last one."""

    stages: tuple[QueueStage, ...]
    words: Whole


def staged(circuit: Circuit, projection: Projection, words: Whole) -> StageChain:
    """What stands behind the queue of a projection into which `words` are sent: neurons, and TOKEN behind each step."""
    counts = circuit.counted(projection)
    if not counts:
        return StageChain((), words)
    neurons = circuit.network.by_name[projection.source].size
    replays = words if counts.replay == EACH else _replayed(words, neurons, circuit.network.steps, counts.replay)
    return StageChain((QueueStage(words, neurons, counts.replay),), replays)


def _replayed(words: Whole, neurons: int, steps: int, replay: int) -> Whole:
    """All neurons and a token in each step, or in the last step of each inference and else the tokens alone."""
    tokens, whole = int(np.count_nonzero(words == TOKEN)), np.append(np.arange(neurons), TOKEN)
    if replay == EVERY_STEP:
        return np.tile(whole, tokens)
    inference = np.concatenate([np.full(steps - 1, TOKEN), whole])
    return np.tile(inference, tokens // steps)


def stage_records(stages: Sequence[QueueStage]) -> Records:
    """The stages after a reset, in which they walk over all neurons."""
    made = np.zeros(len(stages), STAGE)
    made["neurons"] = made["left"] = [stage.neurons for stage in stages]
    made["replay"] = [stage.replay for stage in stages]
    made["base"] = made["word"] = list(accumulate((len(stage.words) for stage in stages), initial=0))[:-1]
    made["walks"] = made["starting"] = True
    return made
