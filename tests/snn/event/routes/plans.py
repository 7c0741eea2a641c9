"""Plans of a small convolution by each route, and plans with one number changed."""

from unittest.mock import patch

import numpy as np

from spikewright.snn import Conv2d, Integrator, RateCode, dense
from spikewright.snn.event.routes import choosing_dots
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.kernels.blocks import WIDTH
from tests.snn.small import single

CHANNELS, SIDE = 32, 4
NEURONS = CHANNELS * SIDE * SIDE


def route(weights, tiles=False, numbers="fixed"):
    network = single(
        ((2, SIDE, SIDE), (CHANNELS, SIDE, SIDE)), Integrator(), Conv2d(weights, padding=(1, 1)), RateCode(8), numbers=numbers,
        potential_bits=24 if numbers == "fixed" else None,
    )  # fmt: skip
    kind = np.dtype(np.int32 if numbers == "fixed" else np.float32)
    with patch.multiple(choosing_dots, TILES=tiles, REAL_TILES=tiles, OF_TILES=0.0):
        return compile_route(Wanted(network, network.projections[0], kind, over_time=True))


def weights(alive):
    """Blocks of 16 neighbouring output channels are pruned where `alive` is false."""
    values = np.ones((CHANNELS, 2, 3, 3), np.int8)
    values[~np.repeat(alive, WIDTH)] = 0
    return dense(values)


def changed(plan, field, place, value):
    """The plan with one number of a field replaced, or with a field of another length."""
    array = getattr(plan, field)
    if value is None:
        return plan._replace(**{field: array[:-1]})
    array = array.copy()
    array[place] = value
    return plan._replace(**{field: array})
