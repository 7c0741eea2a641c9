"""When dot products serve, and which."""

from unittest.mock import patch

import numpy as np
import pytest

from spikewright import InvalidNetwork
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
    SignedIF,
    Source,
    dense,
)
from spikewright.snn.event.routes import choosing_dots as module
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.digits import HIGHEST, LOWEST
from spikewright.snn.event.routes.dots import WIDEST_COUNT, DotsRoute
from spikewright.snn.event.routes.lanes import LanesRoute
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.kernels.dot_ways import DOT, DOTS
from spikewright.snn.kernels.tiles import Tiles
from tests.snn.small import single


def by_rows(wanted):
    """The route of a projection where there are no tiles."""
    with patch.multiple(module, TILES=False, REAL_TILES=False):
        return compile_route(wanted)


def by_tiles(wanted):
    """The route of a projection by tiles, whatever they cost; they need not run here."""
    with patch.multiple(module, TILES=True, REAL_TILES=True, OF_TILES=0.0):
        return compile_route(wanted)


def wanted_of(weights, source=(5,), target=None, kind=np.int32, over_time=True, first=True, synapse=None, **options):
    """A projection of the weights into a sum, as a route is asked for it."""
    fixed = np.dtype(kind).kind == "i"
    held = dense(np.asarray(weights).astype(np.int64 if fixed else np.float32))
    layer = (Conv2d if np.ndim(weights) == 4 else Linear)(held, **(synapse or {}))
    shapes = source, target or (len(weights),)
    bits = {"potential_bits": 60, "numbers": "fixed"} if fixed else {}
    network = single(shapes, Integrator(), layer, options.pop("code", RateCode(2)), **bits, **options)
    return Wanted(network, network.projections[0], np.dtype(kind), over_time=over_time, first=first)


def behind(neuron, targets=16, pool=(1, 1), schedule="synchronous", compiled=compile_route):
    """The route from a population of such neurons, four by four pixels of five channels."""
    parts = (
        Population("in", (5, 4, 4), Source()),
        Population("a", (5, 4, 4), neuron, 0, 0, 20),
        Population("out", (targets,), Integrator(), 0, 0, 32),
    )
    size = 5 * (4 // pool[0]) * (4 // pool[1])
    links = (
        Projection("in", "a", Identity()),
        Projection("a", "out", Linear(dense(np.ones((targets, size), np.int8))), pool=pool),
    )
    network = Network(parts, links, "in", "out", RateCode(8), numbers="fixed", schedule=schedule)
    return compiled(Wanted(network, network.projections[1], np.dtype(np.int32), over_time=True))


def is_dots(route):
    return isinstance(route, DotsRoute)


FULL = np.full((16, 5), 100)
SERVES = {
    "weights of a byte": (wanted_of(FULL), True),
    "the least and the largest": (wanted_of(np.where(np.eye(16, 5), 127, -128)), True),
    "above a byte": (wanted_of(np.where(np.eye(16, 5), 128, 1)), True),
    "below a byte": (wanted_of(np.where(np.eye(16, 5), -129, 1)), True),
    "the largest of two bytes": (wanted_of(np.where(np.eye(16, 5), HIGHEST, LOWEST)), True),
    "above two bytes": (wanted_of(np.where(np.eye(16, 5), HIGHEST + 1, 1)), False),
    "below two bytes": (wanted_of(np.where(np.eye(16, 5), LOWEST - 1, 1)), False),
    "above them but even": (wanted_of(np.where(np.eye(16, 5), HIGHEST + 1, 2)), True),
    "no weights but zeros": (wanted_of(0 * FULL), True),
    "sums of 16 bits": (wanted_of(FULL, kind=np.int16), True),
    "sums of 64 bits": (wanted_of(FULL, kind=np.int64), False),
    "float32": (wanted_of(FULL, kind=np.float32), True),
    "six channels": (wanted_of(FULL[:6]), True),
    "five channels": (wanted_of(FULL[:5]), False),
    "values that are sent once": (wanted_of(FULL, code=Direct(2, 7), over_time=False), True),
    "values of two channels": (wanted_of(FULL[:, :2], (2,), code=Direct(2, 7), over_time=False), False),
    "values up to the largest count": (wanted_of(FULL, code=Direct(2, DOTS[DOT].most), over_time=False), True),
    "values of two bytes": (wanted_of(FULL, code=Direct(2, WIDEST_COUNT), over_time=False), True),
    "values above them": (
        wanted_of(FULL, (5, 2, 2), code=Direct(2, WIDEST_COUNT // 4 + 1), over_time=False, pool=(2, 2)),
        False,
    ),
    "real values": (wanted_of(FULL, kind=np.float32, code=Direct(2), over_time=False), False),
    "layerwise": (wanted_of(FULL, over_time=False, schedule="layerwise"), True),
    "after others": (wanted_of(FULL, first=False), True),
}


@pytest.mark.parametrize("case", SERVES)
def test_when_it_serves(case):
    wanted, serves = SERVES[case]
    assert is_dots(compile_route(wanted)) == serves


def test_a_shift_is_a_unit():
    """Weights that are too wide only by what each target channel has in common are one byte all the same."""
    weights = np.random.default_rng(0).integers(-128, 128, (16, 5)) * 2 + 1
    weights[:, 0] = 1
    for shift, units, digits in ((0, 16, 2), (3, 16, 2)):
        dots = compile_route(wanted_of(weights)._replace(shift=shift)).dots
        assert (dots.unit.tolist(), dots.digits) == (units * [2**shift], digits)
    weights[:] = np.where(np.eye(16, 5), 127, -128)
    assert compile_route(wanted_of(weights)).dots.unit.size == 0
    dots = compile_route(wanted_of(weights)._replace(shift=3)).dots
    assert dots.digits == 1 and set(dots.unit.tolist()) == {8, 8 * 128}


def test_part_of_the_channels_of_a_target():
    """A slice that is filled only in part goes another way; one of all channels does not."""
    for stop, serves in ((20, False), (16, True)):
        network = single(
            ((5,), (stop,)), Integrator(), Linear(dense(FULL.astype(np.int8))), RateCode(2), channels=(0, 16),
            numbers="fixed", potential_bits=40,
        )  # fmt: skip
        wanted = Wanted(network, network.projections[0], np.dtype(np.int32), over_time=True)
        assert is_dots(compile_route(wanted)) == serves


def test_numbers_of_spikes_up_to_the_largest_count():
    """Of one neuron, times the sources of a window; numbers with a sign never go this way."""
    most = DOTS[DOT].most
    assert is_dots(behind(IF(5))) and is_dots(behind(Burst(5, most // 16), pool=(4, 4)))
    assert not is_dots(behind(Burst(5, most // 16 + 1), pool=(4, 4)))
    assert not is_dots(behind(SignedIF(5)))
    assert not is_dots(behind(IF(5), targets=5))


def test_groups_of_few_channels_and_of_enough():
    """Eight groups of two channels have nothing in common; two groups of eight share instructions."""
    for groups, serves in ((8, False), (2, True)):
        weights = np.ones((16, 16 // groups, 1, 1))
        wanted = wanted_of(weights, (16, 2, 2), (16, 2, 2), synapse={"groups": groups})
        assert is_dots(compile_route(wanted)) == serves


def test_against_lanes():
    """Lanes where nearly all weights of many channels are pruned; dot products else, and where lanes cannot serve."""
    random = np.random.default_rng(0)
    few = (random.random((128, 50)) < 0.01) * 3
    thin, full = (by_rows(wanted_of(one, (50,))) for one in (few, np.full((128, 50), 3)))
    assert isinstance(thin, LanesRoute) and is_dots(full)
    assert isinstance(full.otherwise, LanesRoute)
    assert is_dots(by_rows(wanted_of(few, (50,), first=False)))


COSTS = {
    "a convolution of 64 channels": (((64, 6, 6), (64, 6, 6)), (64, 64, 3, 3), 1.0, True),
    "most of its weights pruned in blocks": (((64, 6, 6), (64, 6, 6)), (64, 64, 3, 3), 0.1, True),
    "one channel": (((1, 9, 9), (32, 9, 9)), (32, 1, 3, 3), 1.0, True),
    "a wide dense layer": (((784,), (512,)), (512, 784), 1.0, True),
    "a dense layer over pixels of one channel": (((1, 28, 28), (128,)), (128, 784), 1.0, False),
    "the same, pruned": (((1, 28, 28), (128,)), (128, 784), 0.1, False),
}


@pytest.mark.parametrize("case", COSTS)
def test_tiles_or_four_by_four(case):
    """Tiles lose where most of their bytes would be of no source, and where the others skip nearly everything."""
    (source, target), shape, alive, tiles = COSTS[case]
    weights = (
        np.ones(shape)
        * (np.random.default_rng(0).random((-(-shape[0] // 64), *shape[1:])) < alive).repeat(64, 0)[: shape[0]]
    )
    synapse = {"padding": (1, 1)} if len(shape) == 4 else {}
    wanted = wanted_of(weights, source, target, synapse=synapse, first=False)
    with patch.object(module, "TILES", True):
        assert isinstance(compile_route(wanted).dots, Tiles) == tiles
    assert not isinstance(by_rows(wanted).dots, Tiles)


def test_no_tiles_of_groups():
    wanted = wanted_of(np.ones((16, 8, 1, 1)), (16, 2, 2), (16, 2, 2), synapse={"groups": 2})
    for one, tiles in ((wanted, False), (wanted_of(FULL, kind=np.float32), True), (wanted_of(FULL), True)):
        route = by_tiles(one)
        assert isinstance(route.dots, Tiles) == tiles
        assert route.one_group == (one is not wanted)


@pytest.mark.parametrize(("weight", "tiles"), [(1.1, True), (-3e38, True), (2.0**-126, True), (2.0**-127, False)])
def test_float32_by_tiles_where_it_is_a_sum_of_their_numbers(weight, tiles):
    """Tiles may be wide; where a weight is none of their sums, and without their instructions, sources go one by one."""
    one, wide = (
        wanted_of(np.where(np.eye(length, 5), weight, 1), kind=np.float32, first=False)
        for length in (16, module.WIDEST_FLOATS + 1)
    )
    assert isinstance(by_tiles(one).dots, Tiles) == tiles
    assert is_dots(by_tiles(wide)) == tiles and not is_dots(by_rows(wide))
    assert is_dots(by_rows(one)) and not isinstance(by_rows(one).dots, Tiles)
    with patch.multiple(module, TILES=True, REAL_TILES=False, OF_TILES=0.0):
        assert not isinstance(compile_route(one).dots, Tiles)


def test_a_plan_that_leads_out_of_its_arrays_is_refused():
    """What kernels follow without a look is looked at once; lanes, with the same views, do not come before."""
    with patch.object(module, "views_of", lambda *_: tuple(np.array(one, np.int32) for one in ([0, 1], [0], [7]))):
        with pytest.raises(InvalidNetwork, match="weight rows"):
            by_rows(wanted_of(FULL, first=False))
