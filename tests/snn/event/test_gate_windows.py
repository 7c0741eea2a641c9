"""Windows of a gate over numbers in another order."""

import numpy as np
import pytest

from spikewright.index_maps import IndexMap
from spikewright.snn import Identity, Integrator, MaxGate, Network, Population, Projection, RateCode, Source, Windows
from spikewright.snn.event.gate_windows import incoming_windows
from tests.snn.strategies import Case
from tests.snn.test_contract import assert_same, both

SHAPE = (2, 4, 4)


def gated(order: IndexMap | None, schedule: str = "synchronous") -> Network:
    parts = (Population("in", SHAPE, Source()), Population("m", (2, 2, 2), MaxGate()))
    out = Population("out", (2, 2, 2), Integrator())
    ways = (Projection("in", "m", Windows((2, 2), (2, 2)), order=order), Projection("m", "out", Identity()))
    return Network((*parts, out), ways, "in", "out", RateCode(8), schedule=schedule)  # type: ignore[arg-type]


def test_windows_lie_over_what_is_read() -> None:
    order = IndexMap.of((2, 16), np.arange(32).reshape(SHAPE))
    network = gated(None)
    one = incoming_windows(network, network.projections[0])
    assert one.before is None and one.windows.source == (4, 4, 2)
    parts = (Population("in", (2, 16), Source()), *network.populations[1:])
    ways = (Projection("in", "m", Windows((2, 2), (2, 2)), order=order), network.projections[1])
    flat = Network(parts, ways, "in", "out", RateCode(8))
    assert incoming_windows(flat, flat.projections[0]).windows.source == (4, 4, 2)


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
def test_maxima_are_those_of_the_numbers_in_their_places(schedule: str) -> None:
    random = np.random.default_rng(0)
    order, images = IndexMap.of(SHAPE, random.integers(-1, 32, SHAPE)), random.random((3, *SHAPE), dtype=np.float32)
    fast, slow = both(Case(gated(order, schedule), images))
    assert_same(fast, slow)
    placed = np.stack([order.apply(image) for image in images]).astype(np.float32)
    np.testing.assert_array_equal(fast.logits, both(Case(gated(None, schedule), placed))[0].logits)
