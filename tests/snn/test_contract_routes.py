"""The contract with every route forced in turn: the answers, spikes and operations of the reference, records or not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
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
from spikewright.snn.kernels.dot_ways import TILES
from tests.snn.forced import ROUTES, forced, routes_of
from tests.snn.full_strategies import Wish, disturbances, full_cases
from tests.snn.strategies import Case
from tests.snn.test_contract import FAMILIES, assert_same, both, same_for

NO_TILES = pytest.mark.skipif(not TILES, reason="no tiles on this processor")
BY_TILES = "tiles", "fields"
EACH_ROUTE = pytest.mark.parametrize(
    "route", [pytest.param(one, marks=NO_TILES) if one in BY_TILES else one for one in ROUTES]
)
FEW = settings(max_examples=12)
NAMES = {
    "rows": "RowsRoute",
    "blocks": "BlocksRoute",
    "lanes": "LanesRoute",
    "dots": "DotsRoute",
    "tiles": "Tiles",
    "fields": "FieldsRoute",
    "lists": "ListsRoute",
}


def known(seed=0, channels=16, steps=6, values=False) -> Case:
    """A residual network that every route serves somewhere: a convolution, an identity and dense layers.

    `values`: the input sends values once, not spikes.
    """
    random = np.random.default_rng(seed)

    def weights(*shape, times=1):
        values = times * random.integers(-8, 12, shape).astype(np.int8)
        return dense(
            values * (random.random((shape[0] // 16 or 1, *shape[1:])) < 0.6).repeat(min(16, shape[0]), axis=0)
        )

    maps, parts = (channels, 4, 3), [Population("in", (2, 4, 3), Source())]
    parts += [Population("a", maps, IF(3840 if values else 30), 2, 1, 20), Population("b", maps, IF(30), 2, 1, 20)]
    parts += [Population("c", (32,), IF(60), 2, 1, 20), Population("out", (16,), Integrator(), 0, 0, 32)]
    links = [
        Projection("in", "a", Conv2d(weights(channels, 2, 3, 3, times=8 if values else 1), padding=(1, 1))),
        Projection("a", "b", Conv2d(weights(channels, channels, 3, 3), padding=(1, 1))),
        Projection("a", "b", Identity(3), name="around"),
        Projection("b", "c", Linear(weights(32, channels * 12))),
        Projection("c", "out", Linear(weights(16, 32))),
    ]
    code = Direct(steps, 255) if values else RateCode(steps)
    network = Network(tuple(parts), tuple(links), "in", "out", code, numbers="fixed")
    return Case(network, random.integers(0, 17, (3, 2, 4, 3)).astype(np.float32) / 16)


@EACH_ROUTE
@pytest.mark.parametrize("steps", [1, 3, 6, 33])
def test_every_route_where_it_serves(route, steps):
    with forced(route):
        case = known(steps=steps, values=route == "fields")
        assert NAMES[route] in routes_of(case.network)
        assert_same(*both(case))
        fast, slow = (simulate(case.network, case.images, engine=engine) for engine in ("event", "reference"))
        assert fast.spikes["b"].any()
        assert_same(fast, slow, records=False)


@EACH_ROUTE
@pytest.mark.parametrize("numbers", ["float32", "fixed"])
@pytest.mark.parametrize("family", FAMILIES)
@FEW
@given(data=st.data())
def test_drawn_networks_by_every_route(family, numbers, route, data):
    case = data.draw(full_cases(Wish(family, numbers)))
    noise = data.draw(st.none() | disturbances(case.network))
    with forced(route):
        assert_same(*both(case, noise=noise), same_for(family if numbers == "float32" else "", noise))
        fast, slow = (simulate(case.network, case.images, noise=noise, engine=e) for e in (None, "reference"))
        assert_same(fast, slow, same_for(family if numbers == "float32" else "", noise), records=False)
