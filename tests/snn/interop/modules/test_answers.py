"""What of a module's answer a network gives."""

from typing import Any

import pytest
from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.answers import answer_of, plain_source
from spikewright.snn.interop.modules.chain import Flat
from spikewright.snn.interop.modules.values import INPUT, Extent, Gathered, SpikeFlow, SpikeTerm, State

SPIKES = [SpikeFlow((SpikeTerm("a", step),)) for step in range(3)]


@pytest.mark.parametrize(
    "value", [SPIKES[2], Gathered(tuple(SPIKES)), (Gathered(tuple(SPIKES)), State("a", 2)), [SPIKES[2], 3]]
)
def test_the_last_step_answers(value: Any) -> None:
    assert answer_of(value, set()) == SPIKES[2]


def test_the_potential_of_silent_neurons_answers() -> None:
    assert answer_of((SPIKES[2], State("a", 2)), {"a"}) == "a"


@pytest.mark.parametrize(
    ("value", "what"), [((), "nothing"), (Extent(), "Extent"), (State("b", 1), "the state of 'b'")]
)
def test_other_answers_are_refused(value: Any, what: str) -> None:
    with pytest.raises(InvalidNetwork, match=what):
        answer_of(value, {"a"})


def test_a_flattened_population_is_still_that_population() -> None:
    flow = SPIKES[0]
    assert plain_source(flow) == "a" == plain_source(flow.through(Flat(), "flat").through(nn.Flatten(), "more"))
    for other in (flow.through(nn.Linear(2, 2), "fc"), SpikeFlow((SpikeTerm(INPUT, None),)), SpikeFlow(flow.terms * 2)):
        assert plain_source(other) is None
