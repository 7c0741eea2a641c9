"""What the simulator holds: a record for each module, with what the design says, where it stands, and what is noted of it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PHASES = ("begin", "pass", "wait", "sweep", "stall", "settle")
"""What a layer does in a cycle: writes the first words; adds a row of weights; waits for events or a token; sweeps a block;
waits with a sweep until fired blocks have been sent on; waits until the last words of a sweep are written."""


def _record(numbers: str, flags: str) -> np.dtype[np.void]:
    return np.dtype(
        [(name, np.int64) for name in numbers.split()] + [(name, np.bool_) for name in flags.split()], align=True
    )


FRONT = _record(
    "base stage past_stage depth wanted word queue arriving left tokens most full crossed",
    "held keeps listed tables list token resume complete comes",
)
"""A projection: its `sw_fifo`, its `sw_front` or `sw_list_front`, and what the layer holds of it.

`base`: where its words begin in `CoreState.passes`; `word`: where its next one stands there. `stage`, `past_stage`: what stands
in front of it, queue first, are `CoreState.stages[stage:past_stage]`. `depth`: words that the queue holds; `queue`: words that
wait in it; `arriving`: one comes in this cycle; `keeps`: it is kept, unlike those of the last steps of a delay. `wanted`: tokens
before a sweep. `held`: it brings a current that is gathered once for a sample. `left`: passes to be done, 0 where the front is
not busy. `token`, `resume`, `complete`, `tokens`: as in the Verilog. `listed`: its rows of weights are lists, whose `tables` and
`list` stages hold a word each. `comes`: in the cycle that comes a word is offered to it.
Noted: `most`: the most words that waited; `full`: cycles in which the queue made its sender wait; `crossed`: cycles in which its
pass waited for that of another projection.
"""

COUNTS, ORDER, DELAY = range(3)
"""Kinds of stages: `sw_counts`, `sw_order`, and what `sw_step_delay` has behind its memory."""

STAGE = _record(
    "kind neurons replay delay base word in_base in_word left step in_step begun", "full shown walks walked starting"
)
"""A stage between a queue and its front.

`word`: where its next word stands in `CoreState.marks`, in which its words begin at `base`. `step`, `shown`: as in the
Verilog. Counts, over so many `neurons`: `replay`: REPLAY in the Verilog; `left`: neurons of a walk that are to come; `walks`,
`walked`, `starting`: as there, `full`: held there. An order: `full`: busy there; `left`: places at which its event is still
to be offered. A delay of so many steps: its `word` is the next that goes out, `in_word` the next that comes, from `in_base`
on; `step`, `in_step`: out_step and in_step, `begun` as in the Verilog.
"""

LAYER = _record(
    "blocks first past ahead settles phase block step waited served",
    "fires holds levels each answers keeps complete issues",
)
"""A layer: its `sw_array`.

`blocks`: rows of potentials. `first`, `past`: its projections are `CoreState.incoming[first:past]`, the lowest number first.
`ahead`: blocks that a sweep may be ahead of what has been sent on. `settles`: cycles that it settles. `fires`, `holds`,
`answers`: it sends events, it has a held projection, it is the output, whose potentials answer (`levels`), after each step
(`each`) or the last one. `phase`: a number in PHASES, "wait" while it gathers and "sweep" in a sweep. `keeps`, `block`,
`step`: as in the Verilog. `waited`: cycles that it has settled. In the cycle that comes: `served`: the projection whose pass
is done, -1 for none; `complete`: a sweep is to follow; `issues`: a block is issued.
"""

SENDER = _record(
    "first past base word first_block block last_block blocks way left flight waiting queued sending blocked",
    "full last token tallied offers waits",
)
"""The `sw_spikes` of layer n, number n + 1. The input, number 0, is one that holds a single block with all its words.

`first`, `past`: its readers are the projections `CoreState.readers[first:past]`. `word`: where the cycle of its next word is
noted in `CoreState.sent`, in which its words begin at `base`. `tallied`: its events answer. `block`: where its next block
stands in `CoreState.spikes`, in which its blocks begin at `first_block`; `last_block`: where the next one does that ends a
sweep of `blocks`. `full`: it has a block, of which `left` events are to be sent; `last`: a token follows it; `token`: that is
sent now. `way`: cycles from the issue of a block until it comes to the queue in front; `flight`: bit i is 1 if one was issued
i + 1 cycles ago; `waiting`: blocks in the queue; `queued`: both. In the cycle that comes: `offers`: it has a word to send;
`waits`: a reader has no room for it. Noted: `sending`, `blocked`: cycles in which it sent, and in which it had to wait.
"""

READOUT = _record("neurons clears arrives left step sample taken_in", "each rule done ends over closed drops")
"""The end of a core: `sw_tally` or `sw_levels`, `sw_decide` and `sw_gate`. There is one.

`neurons` of the output. `each`: it sees each step, or the last ones only. `rule`: inferences may be over early, and are let
in one at a time. `clears`: cycles that it clears what it keeps. `arrives`: cycles until the last block of a sweep has come, 0
for none. `done`: a step has been done and not been taken yet, in `left` cycles; `ends`: it is the last one of its inference.
`step`: the number of the next one, of inference `sample`. `over`: this one was over in this cycle. `taken_in`: the inference
whose words the input offers; `closed`, `drops`: as in the Verilog.
"""

NEVER = -1
"""In the place of the cycle of what does not happen."""
Records = NDArray[np.void]
Whole = NDArray[np.int64]


class CoreState(NamedTuple):
    """All modules of a core, `fronts`, `layers`, `senders`, `readout`, `stages`, and what they have to do, all samples behind
    each other.

    `incoming`, `readers`: numbers of projections. `passes`: passes of each word in front of each projection, 0 of a token.
    `spikes`: events of each block of each layer, one sweep behind the other. `starts (senders, samples + 1)`: the first word
    of each sample. `decisions (samples,)`: steps until an inference is over. `steps`; `driven_once`: layerwise, all that a
    layer gets comes before its first step. Noted: `sent`: in which cycle each word of the senders was sent; `answered`: in
    which each block of an answer came out; `spent (layers, PHASES)`: cycles by what a layer did.
    """

    fronts: Records
    layers: Records
    senders: Records
    readout: Records
    stages: Records
    incoming: Whole
    readers: Whole
    passes: NDArray[np.int32]
    spikes: NDArray[np.int32]
    marks: NDArray[np.int32]
    starts: Whole
    front_starts: Whole
    stage_starts: Whole
    decisions: Whole
    steps: int
    driven_once: bool
    sent: Whole
    answered: Whole
    over: Whole
    spent: Whole
