"""What of a module's answer a network gives: the spikes of a population, its potential, or the sums of the last weights."""

from collections.abc import Collection, Iterator
from typing import Any

from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import Flat
from spikewright.snn.interop.modules.values import INPUT, Gathered, SpikeFlow, State, words


def answer_of(value: Any, silent: Collection[str]) -> SpikeFlow | str:
    """The sum of terms that answers; or the name of a population of `silent` neurons whose potential does.

    Raises InvalidNetwork where the module answers with something else.
    """
    answers = list(_last(value))
    states = [value.source for value in answers if isinstance(value, State) and value.source in silent]
    if states:
        return states[0]
    flow = next((value for value in answers if isinstance(value, SpikeFlow)), None)
    if flow is None:
        what = words(answers[0]) if answers else "nothing"
        raise InvalidNetwork(f"expected spikes, or sums of them, as the answer of the module, got {what}")
    return flow


def plain_source(flow: SpikeFlow) -> str | None:
    """The neurons whose spikes `flow` is, flattened perhaps; None when there is more on the way."""
    if len(flow.terms) != 1:
        return None
    (term,) = flow.terms
    flat = all(isinstance(op.layer, nn.Flatten | Flat) for op in term.ops)
    return term.source if flat and term.source != INPUT else None


def _last(value: Any) -> Iterator[Any]:
    """What a module gives back, each in its last step."""
    if isinstance(value, Gathered):
        yield from _last(value.values[-1])
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _last(part)
    else:
        yield value
