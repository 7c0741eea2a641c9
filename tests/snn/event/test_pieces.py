"""How a run is cut: steps, samples, groups, and what is remembered."""

from unittest.mock import patch

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Integrator,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    SpikeJitter,
    TerminateMax,
)
from spikewright.snn.event import pieces as module
from spikewright.snn.event.pieces import CHUNK_BYTES, CHUNK_STEPS, PLANE_BYTES, pieces_of
from spikewright.snn.event.populations import compiled_populations
from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.simulation import Request
from tests.snn.small import single


def pieces(network, noise=()):
    images = np.zeros((4, *network.by_name["in"].shape), np.float32)
    return pieces_of(Request(network, images, noise), compiled_populations(network, noise))


def simple(code=None, size=3, **options):
    return single(((size,),) * 2, IF(1.0), Identity(), code or RateCode(100), **options)


def test_steps():
    found = pieces(simple())
    assert [(one.start, one.stop) for one in found.chunks] == [(0, 32), (32, 64), (64, 96), (96, 100)]
    assert found.longest == CHUNK_STEPS and found.remembered == {}


@pytest.mark.parametrize(("network", "noise"), [(simple(schedule="layerwise"), ()), (simple(), (SpikeJitter(2),))])
def test_all_steps_at_once(network, noise):
    assert pieces(network, noise).chunks == (slice(0, 100),)


def test_step_by_step_where_samples_may_stop():
    assert len(pieces(simple(decision=TerminateMax(3))).chunks) == 100


def test_a_cut_where_a_direct_input_ends():
    assert [one.stop for one in pieces(simple(Direct(60, window=40))).chunks] == [32, 40, 60]


def test_samples_fit_into_the_cache():
    few, many = pieces(simple(size=3)), pieces(simple(size=3000))
    assert many.at_once == CHUNK_BYTES // (3000 * 5 * CHUNK_STEPS)
    assert few.at_once == CHUNK_BYTES // (3 * 5 * CHUNK_STEPS)


def test_more_samples_where_a_plane_is_gone_through_once():
    one_step = pieces(simple(RateCode(1), size=3000))
    assert 0 <= PLANE_BYTES // (3000 * 5) - one_step.at_once < 32  # whole shares of samples side by side


@pytest.mark.parametrize(
    ("steps", "schedule", "planes"), [(4, "synchronous", 4), (9, "layerwise", 1), (9, "synchronous", 9)]
)
def test_samples_that_lie_side_by_side_are_not_parted(steps, schedule, planes):
    beside = module.side_by_side(planes)
    assert beside == {1: (16, 32), 4: (2, 8), 9: (1, 1)}[planes][TILES]
    for size in (3, 1000, 3001, 10**6):
        network = simple(RateCode(steps), size=size, schedule=schedule)
        found = pieces(network).at_once
        with patch.object(module, "side_by_side", lambda _: 1):
            fitting = pieces(network).at_once
        assert found == fitting or (found % beside == 0 and fitting - beside < found < fitting)


def test_sources_of_delays_and_circles_are_remembered():
    parts = [Population(name, (2,), IF(1.0)) for name in "ab"]
    links = (
        Projection("in", "a", Identity()), Projection("a", "b", Identity()), Projection("b", "a", Identity(), delay=3),
        Projection("in", "out", Identity(), delay=500), Projection("b", "out", Identity()),
    )  # fmt: skip
    ends = Population("in", (2,), Source()), Population("out", (2,), Integrator())
    found = pieces(Network((ends[0], *parts, ends[1]), links, "in", "out", RateCode(100)))
    assert found.remembered == {"a": 0, "b": 3, "in": 100}
    assert [(group.names, group.limit) for group, _ in found.groups] == [(("a", "b"), 3), (("out",), None)]
    histories = found.histories(5)
    assert histories.keys() == found.remembered.keys() and histories["b"].longest == 3


def test_more_events_than_32_bits_count():
    with pytest.raises(InvalidNetwork, match="neurons times steps"):
        pieces(simple(RateCode(1_000_000), size=3000, schedule="layerwise"))
