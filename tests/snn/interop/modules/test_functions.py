"""Functions between layers of neurons: what is understood, and what is refused with the reason."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import Average, ChannelPart, Flat
from spikewright.snn.interop.modules.functions import FUNCTIONS
from spikewright.snn.interop.modules.values import INPUT, Extent, Gathered, SpikeFlow, SpikeTerm

FLOW = SpikeFlow((SpikeTerm("a", 0),))
START = SpikeFlow((SpikeTerm(INPUT, None),))


def call(name: str, *arguments: Any, axes: int = 1, **more: Any) -> Any:
    found = SimpleNamespace(axes=axes, repeats=None, shape=lambda flow: (3, 4, 4))
    answer = FUNCTIONS[name](found, *arguments, **more)
    return answer if name != "repeat" else (answer, found.repeats)


def layers(flow: Any) -> list[Any]:
    return [op.layer for op in flow.terms[0].ops]


def test_sums_begin_with_zero() -> None:
    assert call("add", 0, FLOW) is FLOW and call("add", torch.zeros(2), FLOW) == FLOW


def test_layers_by_another_name() -> None:
    assert layers(call("flatten", FLOW, 1)) == [Flat()] and call("flatten", FLOW, 0, 1) is FLOW
    assert layers(call("view", FLOW, -1, 48)) == [Flat(48)] == layers(call("reshape", FLOW, (2, 48)))
    assert layers(call("avg_pool2d", FLOW, 2)) == [Average((2, 2), (2, 2))]
    assert [type(layer).__name__ for layer in layers(call("mean", FLOW, (2, 3)))] == ["AdaptiveAvgPool2d", "Flat"]


def test_a_concatenation_gives_each_term_its_channels() -> None:
    joined = call("cat", [FLOW, FLOW], 1)
    assert [term.ops[0].layer for term in joined.terms] == [ChannelPart(0, 3, 6), ChannelPart(3, 6, 6)]


def test_answers_over_steps() -> None:
    assert call("stack", [FLOW, FLOW]) == Gathered((FLOW, FLOW))
    assert call("sum", FLOW, 0) == Gathered((FLOW,)) == call("mean", FLOW, 0)
    assert call("repeat", START, 8, 1) == (START, 8) and call("unsqueeze", START, 0) is START
    assert call("size", FLOW, 0) == Extent(0) and call("getattr", FLOW, "shape") == Extent()


@pytest.mark.parametrize(
    ("name", "arguments", "what"),
    [
        ("add", (FLOW, 1.0), "expected spikes"),
        ("mul", (FLOW, FLOW), "a product with a number"),
        ("flatten", (FLOW, 0), "everything but the batch"),
        ("view", (FLOW, 1, 2, 3), "a view of"),
        ("cat", ([FLOW], 2), "a concatenation of channels"),
        ("mean", (FLOW, 3), "a mean over steps"),
        ("sum", (FLOW, (2, 3)), "a sum over steps"),
        ("repeat", (FLOW, 8), "the input to be repeated"),
        ("unsqueeze", (FLOW, 0), "an axis for the steps"),
        ("getattr", (FLOW, "dtype"), "the shape of a value"),
        ("max_pool2d", (FLOW, 2, 2, 0, 2), "without ceil_mode"),
        ("avg_pool2d", (FLOW, 2, 2, 1), "without padding"),
    ],
)
def test_what_is_refused(name: str, arguments: tuple[Any, ...], what: str) -> None:
    with pytest.raises(InvalidNetwork, match=what):
        call(name, *arguments)
    if name == "add":
        with pytest.raises(InvalidNetwork, match="with alpha"):
            call("add", FLOW, FLOW, alpha=2)
