"""What was found: shapes follow the layers on the way, and a max-pool is neurons named after those in front of it."""

from typing import Any

import pytest
from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import ChannelPart
from spikewright.snn.interop.modules.found import FoundCalls, NeuronCall
from spikewright.snn.interop.modules.maxima import maximum_of
from spikewright.snn.interop.modules.values import INPUT, SpikeFlow, SpikeTerm

START = SpikeFlow((SpikeTerm(INPUT, None),))


def found() -> FoundCalls:
    library: Any = None
    calls = FoundCalls(library, (2, 8, 8), 1)
    calls.note(NeuronCall("a", 0, START.through(nn.Conv2d(2, 4, 3), "conv"), None))
    return calls


def test_shapes_follow_the_layers() -> None:
    calls = found()
    assert calls.shapes["a"] == (4, 6, 6)
    assert calls.shape(START.through(ChannelPart(0, 2, 5), "cat")) == (5, 8, 8)
    with pytest.raises(InvalidNetwork, match="feed every layer"):
        calls.shape(SpikeFlow(()))


def test_a_max_pool_is_named_once_for_each_kind_of_window() -> None:
    calls = found()
    spikes = [SpikeFlow((SpikeTerm("a", step),)) for step in (0, 0, 0, 1, 1)]
    sizes = zip((2, 3, 2, 2, 3), spikes, strict=True)
    names = [calls.maximum(maximum_of(2, size, None, 0), flow, "pool").terms[0].source for size, flow in sizes]
    assert names == ["a.max", "a.max2", "a.max", "a.max", "a.max2"]
    assert calls.shapes["a.max"] == (4, 3, 3) and calls.shapes["a.max2"] == (4, 2, 2)


def test_a_maximum_of_currents_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match=r"'pool'.*behind input > Conv2d.*pool the spikes"):
        found().maximum(maximum_of(2, 2, None, 0), START.through(nn.Conv2d(2, 4, 3), "conv"), "pool")
