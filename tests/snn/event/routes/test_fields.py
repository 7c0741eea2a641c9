"""Fields: when they serve, that every weight has its place, and that they bring what rows bring."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import Conv1d, Direct, Integrator, RateCode, dense
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes import fields as module
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.fields import FieldsRoute, compile_fields
from spikewright.snn.event.routes.rows import compile_rows
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.synapse_taps import taps_of
from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.planes import added_to, emptied
from tests.snn.event.routes.test_dots import wanted_of
from tests.snn.kernels.making import events_of
from tests.snn.small import single

IF_TILES = pytest.mark.skipif(not TILES, reason="no tiles on this processor")
DIRECT = Direct(2, 255)
FEW = settings(max_examples=60, deadline=None)


def asked(weights, size, synapse=None, code=DIRECT, pool=(1, 1), kind=np.int32, **options):
    """A convolution of a map of that size, as its route is asked for."""
    weights, synapse = np.asarray(weights), synapse or {}
    given = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), **synapse}
    target = [
        (side // one + 2 * pad - (tall - 1) * apart - 1) // step + 1
        for side, one, pad, tall, apart, step in zip(
            size, pool, given["padding"], weights.shape[2:], given["dilation"], given["stride"], strict=True
        )
    ]
    channels = weights.shape[1] * synapse.get("groups", 1)
    return wanted_of(
        weights, (channels, *size), (len(weights), *target), kind, over_time=False, synapse=synapse, code=code, pool=pool,
        **options,
    )  # fmt: skip


def both_routes(wanted):
    """Rows and, where they serve, fields."""
    rows = compile_rows(wanted, taps_of(wanted.network, wanted.projection))
    return rows, compile_fields(wanted, rows)


def brought(route, wanted, sent, planes_of=emptied):
    sums, operations = np.full((len(sent), 1, wanted.target.size), 7, np.int32), np.full(len(sent), 3, np.int64)
    route.deliver(planes_of(sums), events_of(sent[:, None], np.int32, True), operations, Buffers())
    return sums, operations


ONES = np.ones((16, 1, 3, 3))
SERVES = {
    "one channel": (asked(ONES, (9, 10)), True),
    "four channels": (asked(np.ones((16, 4, 3, 3)), (9, 10)), True),
    "five channels": (asked(np.ones((16, 5, 3, 3)), (9, 10)), False),
    "48 targets": (asked(np.ones((48, 1, 3, 3)), (9, 10)), True),
    "24 targets": (asked(np.ones((24, 1, 3, 3)), (9, 10)), False),
    "a row of seven": (asked(ONES, (9, 9)), False),
    "weights of a byte": (asked(np.where(np.eye(16, 9).reshape(16, 1, 3, 3), 127, -128), (9, 10)), True),
    "above a byte": (asked(ONES * 128, (9, 10)), False),
    "below a byte": (asked(ONES * -129, (9, 10)), False),
    "a shift": (asked(ONES, (9, 10))._replace(shift=3), True),
    "a shift too far": (asked(ONES, (9, 10))._replace(shift=7), False),
    "spikes": (asked(ONES, (9, 10), code=RateCode(2)), False),
    "values above a byte": (asked(ONES, (9, 10), code=Direct(2, 256)), False),
    "windows above a byte": (asked(ONES, (18, 20), pool=(2, 2), code=Direct(2, 64)), False),
    "windows of a byte": (asked(ONES, (18, 20), pool=(2, 2), code=Direct(2, 63)), True),
    "sums of 16 bits": (asked(ONES, (9, 10), kind=np.int16), False),
    "float32": (asked(ONES, (9, 10), kind=np.float32), False),
    "two groups": (asked(np.ones((32, 1, 3, 3)), (9, 10), {"groups": 2}), False),
    "a dense layer": (wanted_of(np.ones((16, 90)), (1, 9, 10), code=DIRECT, over_time=False), False),
}


@IF_TILES
@pytest.mark.parametrize("case", SERVES)
def test_when_it_serves(case):
    wanted, serves = SERVES[case]
    assert isinstance(compile_route(wanted), FieldsRoute) == serves


def test_only_where_there_are_tiles(monkeypatch):
    monkeypatch.setattr(module, "TILES", False)
    assert not isinstance(compile_route(asked(ONES, (9, 10))), FieldsRoute)


SHAPES = st.fixed_dictionaries(
    {
        "stride": st.sampled_from([(1, 1), (2, 1), (1, 2), (3, 3)]),
        "padding": st.sampled_from([(0, 0), (1, 2), (3, 0)]),
        "dilation": st.sampled_from([(1, 1), (2, 1), (1, 3)]),
    }
)


@IF_TILES
@FEW
@given(
    st.integers(1, 4), st.sampled_from([16, 32, 48]), st.sampled_from([(1, 1), (3, 3), (5, 5), (2, 7)]), SHAPES,
    st.integers(12, 19), st.integers(26, 70), st.sampled_from([0.0, 0.4, 1.0]), st.integers(0, 2**20),
)  # fmt: skip
def test_it_brings_what_rows_bring(channels, targets, kernel, shape, height, width, density, seed):
    """Kernels, strides, borders and gaps of all kinds, rows of targets that blocks do and do not divide, full bytes."""
    random = np.random.default_rng(seed)
    weights = random.integers(-128, 128, (targets, channels, *kernel)) * (random.random((targets, 1, 1, 1)) < 0.8)
    wanted = asked(weights, (height, width), shape)
    rows, fields = both_routes(wanted)
    if wanted.target.shape[2] < module.FEWEST_PIXELS:
        assert fields is None
        return
    sent = random.integers(1, 256, (3, wanted.source.size)) * (random.random((3, wanted.source.size)) < density)
    for found, other in zip(brought(fields, wanted, sent), brought(rows, wanted, sent), strict=True):
        np.testing.assert_array_equal(found, other)
    assert fields.most_operations == rows.most_operations


@IF_TILES
def test_windows_and_what_was_there():
    """Behind a pool, on top of other sums, and where a plane begins with something."""
    random = np.random.default_rng(1)
    wanted = asked(random.integers(-128, 128, (16, 2, 3, 3)), (13, 21), pool=(2, 2), code=Direct(2, 63))
    rows, fields = both_routes(wanted)
    sent = random.integers(0, 64, (2, wanted.source.size))
    for planes in (emptied, added_to):
        for found, other in zip(*(brought(one, wanted, sent, planes) for one in (fields, rows)), strict=True):
            np.testing.assert_array_equal(found, other)


@IF_TILES
def test_one_dimension():
    """A convolution over time is one of a single row."""
    weights = np.random.default_rng(0).integers(-128, 128, (16, 3, 5))
    network = single(
        ((3, 40), (16, 18)), Integrator(), Conv1d(dense(weights), stride=2), DIRECT, numbers="fixed", potential_bits=40
    )
    wanted = Wanted(network, network.projections[0], np.dtype(np.int32))
    rows, fields = both_routes(wanted)
    sent = np.random.default_rng(1).integers(0, 256, (2, 120))
    for found, other in zip(*(brought(one, wanted, sent) for one in (fields, rows)), strict=True):
        np.testing.assert_array_equal(found, other)
