"""What enters a layer of neurons in every step: its calls must all say the same, since a network has one law for all steps.

step 0:  conv(input)                      -> conv of the input, now
step 1:  conv(input) + fc(spikes of 0)       and fc of the spikes of the layer, one step late
"""

from collections.abc import Sequence
from typing import NamedTuple

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import Op
from spikewright.snn.interop.modules.found import NeuronCall
from spikewright.snn.interop.modules.values import INPUT, SpikeTerm, words


class DelayedTerm(NamedTuple):
    """A term whatever the step: what `source` sent `delay` steps before, through `ops`."""

    source: str
    delay: int
    ops: tuple[Op, ...]


def every_step(calls: Sequence[NeuronCall]) -> tuple[DelayedTerm, ...]:
    """What enters the neurons of `calls`, the same in every step from the first on that everything can have reached.

    Raises InvalidNetwork with the step that says something else.
    """
    each = [terms_of(call) for call in calls]
    for step, terms in enumerate(each):
        if set(terms) != {term for term in each[-1] if term.delay <= step}:
            raise InvalidNetwork(
                f"{calls[0].name!r}: expected the same input in every step, got {words(calls[step].flow)} in step {step} "
                f"and {words(calls[-1].flow)} in step {len(calls) - 1}"
            )
    return each[-1]


def terms_of(call: NeuronCall) -> tuple[DelayedTerm, ...]:
    """What enters in the step of `call`, counted from there."""
    return tuple(_delayed(call, term) for term in call.flow.terms)


def _delayed(call: NeuronCall, term: SpikeTerm) -> DelayedTerm:
    delay = 0 if term.step is None else call.step - term.step
    if delay < 0 or (term.source == INPUT and delay):
        raise InvalidNetwork(f"{call.name!r}: expected the input of step {call.step}, got that of step {term.step}")
    return DelayedTerm(term.source, delay, term.ops)
