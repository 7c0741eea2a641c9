"""Traced values: what sums, multiples and elements of them are, and what makes no sense for them."""

from typing import Any

import pytest
import torch

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import Factor
from spikewright.snn.interop.modules.values import INPUT, Extent, Gathered, SpikeFlow, SpikeTerm, State, as_flow, words

START = SpikeFlow((SpikeTerm(INPUT, None),))


def spikes(step: int, source: str = "a") -> SpikeFlow:
    return SpikeFlow((SpikeTerm(source, step),))


def test_terms_add_up_and_steps_are_gathered() -> None:
    assert spikes(0).plus(spikes(0, "b")) == SpikeFlow((SpikeTerm("a", 0), SpikeTerm("b", 0)))
    two = spikes(0).plus(spikes(1))
    assert two == Gathered((spikes(0), spikes(1)))
    assert two.plus(spikes(2)) == Gathered((spikes(0), spikes(1), spikes(2)))
    assert as_flow(torch.zeros(3)).plus(spikes(1)) == spikes(1)


def test_multiples_go_into_the_layers_on_the_way() -> None:
    (term,) = spikes(0).over(4).flow().terms
    assert term.ops[0].layer == Factor(0.25)
    both = Gathered((spikes(0), spikes(1)))
    assert both.over(2) is both and both.over(Extent(0)) is both and both.times(0.5) is both
    with pytest.raises(InvalidNetwork, match="expected spikes"):
        both.times(-1.0)
    for divisor in (0, "two", Extent(1)):
        with pytest.raises(InvalidNetwork, match="a division by a number"):
            spikes(0).over(divisor)


@pytest.mark.parametrize("index", [2, (2,), (2, slice(None)), (Ellipsis, 2)])
def test_an_element_is_the_input_of_one_step(index: Any) -> None:
    assert START.item(index) == SpikeFlow((SpikeTerm(INPUT, 2),))


@pytest.mark.parametrize(
    ("value", "index"),
    [(START, -1), (START, (slice(1, 2), 0)), (START, slice(None)), (spikes(0), 1), (State("a", 0), 0)],
)
def test_other_elements_are_refused(value: Any, index: Any) -> None:
    with pytest.raises(InvalidNetwork, match="the input of one step"):
        value.item(index if not isinstance(index, slice) else (index,))


def test_sizes_have_elements_and_answers_have_none() -> None:
    assert Extent().item(1) == Extent(1) and Extent(0).item(slice(1)) == Extent(0)
    with pytest.raises(InvalidNetwork, match="all steps of the answer"):
        Gathered((START,)).item(0)


def test_what_is_no_flow_says_what_it_is() -> None:
    for value, what in ((State("lif", 3), "the state of 'lif' after step 3"), (7, "int"), (torch.ones(1), "Tensor")):
        with pytest.raises(InvalidNetwork, match=what):
            as_flow(value)
    assert words(SpikeFlow(())) == "zero" and words(START.times(2.0)) == "input > Factor"
