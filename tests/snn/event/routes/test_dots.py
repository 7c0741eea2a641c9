"""Dot products: what they take, and that they bring what rows bring."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Burst,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    dense,
    simulate,
)
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes import dots as module
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.dots import WIDEST_COUNT
from spikewright.snn.event.routes.lanes import LanesRoute
from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.planes import Planes, added_to, emptied
from tests.snn.event.routes.test_choosing_dots import behind, by_rows, by_tiles, is_dots, wanted_of
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_masks import masks_of

BY_TILES = pytest.mark.parametrize(
    "tiles", [False, pytest.param(True, marks=pytest.mark.skipif(not TILES, reason="no tiles on this processor"))]
)


def delivered(route, planes, sent, masked=False, kind=None):
    """What a route adds, and the operations that it counts."""
    operations, buffers = np.zeros(len(sent), np.int64), Buffers()
    for _ in range(2):  # the same room once more
        sums, operations = planes.sums.copy(), 0 * operations
        anew = Planes(sums, planes.begin, planes.fresh)
        if masked:
            route.deliver_masks(anew, masks_of(sent, 5), operations, buffers)
        else:
            route.deliver(anew, events_of(sent, kind), operations, buffers)
    return sums, operations


@BY_TILES
@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("steps", [1, 3, 4, 33, 64, 65])
@pytest.mark.parametrize("largest", [128, 5_000, 32_000])
def test_the_same_as_rows(steps, fresh, largest, tiles, monkeypatch):
    """Events and masks; with fewer or more steps than it takes the other way serves."""
    asked, name = [], "deliver_tiles" if tiles else "deliver_dots"
    given = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *arguments: (asked.append(1), given(*arguments)))
    random = np.random.default_rng(steps)
    wanted = wanted_of(random.integers(-largest, largest, (21, 10)), (5, 2, 1))
    route = (by_tiles if tiles else by_rows)(wanted)
    sums = random.integers(-99, 99, (3, steps, 21)).astype(np.int32)
    sent = random.integers(0, 2, (3, steps, 10))
    planes = emptied(sums) if fresh else added_to(sums)
    rows = route.otherwise.otherwise if isinstance(route.otherwise, LanesRoute) else route.otherwise
    wanted, operations = delivered(rows, planes, sent)
    for masked in (False, True)[: 1 + (4 <= steps <= 64)]:
        found = delivered(route, planes, sent, masked)
        np.testing.assert_array_equal(found[0], wanted)
        np.testing.assert_array_equal(found[1], operations)
    assert bool(asked) == (4 <= steps <= 64)


@BY_TILES
@pytest.mark.parametrize("most", [1, 15])
def test_numbers_of_spikes(most, tiles):
    """Of a source that sends them, all sources of a window together."""
    route = behind(Burst(5, 15), pool=(4, 4), compiled=by_tiles if tiles else by_rows)
    random = np.random.default_rng(most)
    sent = random.integers(most // 2, most + 1, (2, 9, 80))
    planes = emptied(np.zeros((2, 9, 16), np.int32))
    sums, operations = delivered(route, planes, sent, kind=np.int8)
    np.testing.assert_array_equal(sums, np.repeat(sent.sum(axis=2), 16).reshape(2, 9, 16))
    np.testing.assert_array_equal(operations, 16 * sent.sum(axis=(1, 2)))


def test_what_it_does_not_take():
    """Graded values, numbers of more than a byte, and events of other steps than the planes have."""
    route, single_spikes = behind(Burst(5, 3)), behind(IF(5))
    sent = np.ones((1, 4, 80), int)
    for one in (route, single_spikes):
        assert one.takes(events_of(sent), 4) and one.takes(events_of(sent, np.int8), 4) == one.numbers
        assert not one.takes(events_of(sent), 5) and not one.takes(events_of(sent), 1)
        assert not one.takes(events_of(sent, np.int32), 4) and not one.takes(events_of(sent, np.int8, True), 4)
        assert one.most_operations == one.otherwise.most_operations == 16 * 80
    assert route.numbers and not single_spikes.numbers


@BY_TILES
@pytest.mark.parametrize("samples", [1, 15, 17])
@pytest.mark.parametrize("form", ["values", "large values", "spikes", "many spikes", "numbers"])
def test_what_one_plane_gathers(form, samples, tiles):
    """The same as rows, for samples that fill their columns and for others; also of more than a byte."""
    most, many = 30_000 if form.startswith("large") else 200, 300 if form.startswith("many") else 9
    form = form.split()[-1]
    random, steps = np.random.default_rng(samples), 1 if form == "values" else many
    code = Direct(9, most) if form == "values" else RateCode(9)
    weights = random.integers(-128, 128, (21, 10)) * (1 if samples == 1 else 7)
    wanted = wanted_of(weights, (5, 2, 1), code=code, over_time=False, schedule="layerwise")
    route = (by_tiles if tiles else by_rows)(wanted)
    sent = random.integers(0, 2, (samples, steps, 10)) * random.integers(1, most + 1 if form == "values" else 2)
    planes = added_to(random.integers(-99, 99, (samples, 1, 21)).astype(np.int32))
    kind = {"values": np.int32, "spikes": None, "numbers": np.int8}[form]
    events = events_of(sent, kind, form == "values")
    assert is_dots(route) and route.takes(events, 1) == (form != "numbers")
    found = []
    for way in (route.otherwise, route):
        sums, operations = planes.sums.copy(), np.zeros(samples, np.int64)
        way.deliver(Planes(sums, planes.begin, False), events, operations, Buffers())
        found.append((sums, operations))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_more_than_a_plane_can_gather():
    """Numbers of a window in all steps have to fit a count of one byte or two; else they go otherwise."""
    route = behind(IF(5), pool=(4, 4), schedule="layerwise")
    for steps, takes in ((WIDEST_COUNT // 16, True), (WIDEST_COUNT // 16 + 1, False)):
        assert route.takes(events_of(np.ones((1, steps, 80), int)), 1) == takes


def test_real_numbers_gather_a_byte_at_most():
    """Counts of two bytes go by integers alone: a longer window goes by rows in float32, and answers as the reference does."""
    random = np.random.default_rng(0)
    weights = random.normal(0, 1, (16, 5)).astype(np.float32)
    route = compile_route(wanted_of(weights, kind=np.float32, over_time=False, code=RateCode(9), schedule="layerwise"))
    assert is_dots(route)
    for steps, takes in ((255, True), (256, False)):
        assert route.takes(events_of(np.ones((1, steps, 5), int)), 1) == takes
    conv = Conv2d(dense(random.normal(0, 0.5, (16, 8, 3, 3)).astype(np.float32)), padding=(1, 1))
    parts = [Population("in", (8, 5, 5), Source()), Population("a", (8, 5, 5), IF(0.9))]
    parts += [Population("b", (16, 5, 5), IF(3.0)), Population("out", (2,), Integrator())]
    links = [Projection("in", "a", Identity(1.0)), Projection("a", "b", conv)]
    links += [Projection("b", "out", Linear(dense(random.normal(0, 1, (2, 400)).astype(np.float32))))]
    network = Network(tuple(parts), tuple(links), "in", "out", RateCode(300), schedule="layerwise")
    images = random.random((3, 8, 5, 5)).astype(np.float32)
    one, other = (simulate(network, images, engine=engine) for engine in ("reference", "event"))
    np.testing.assert_allclose(other.logits, one.logits, rtol=1e-3, atol=0.1)
