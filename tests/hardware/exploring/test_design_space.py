"""Sums over tables against estimates, design by design."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from spikewright.hardware import DEVICES
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.exploring.candidates import _row
from spikewright.hardware.exploring.design_space import DesignSpace
from spikewright.hardware.layer_designs import lane_grid
from spikewright.hardware.sweep import choices_of, thinned
from spikewright.snn import simulate
from tests.hardware.exploring.spaces import one_by_one, small_space
from tests.snn.strategies import cases


def _same(space: DesignSpace) -> None:
    columns = space.columns(np.arange(len(space)))
    for number, one in enumerate(one_by_one(space)):
        for name, value in _row(one).items():
            if not isinstance(value, str):
                equal = pytest.approx(value, rel=1e-12) if "uj" in name else value
                assert columns[name][number] == equal, name


@pytest.mark.parametrize("device", ["xc7a35t", "ecp5-25k", "5csema5"])
def test_every_column_of_every_design_is_that_of_its_estimate(device: str) -> None:
    _same(small_space(device=device))


@pytest.mark.parametrize("device", ["xc7a35t", "5csema5"])
def test_every_column_of_designs_that_are_loaded(device: str) -> None:
    plain = small_space(device=device)
    loaded = replace(plain, loads=True)
    _same(loaded)
    every = np.arange(len(plain))
    assert all(one.point.loads and one.loader for one in one_by_one(loaded))
    before, after = plain.columns(every), loaded.columns(every)
    assert (after["lut"] > before["lut"]).all() and (after["ff"] > before["ff"]).all()
    assert (after["latency_cycles"] == before["latency_cycles"]).all()


def test_layerwise_and_constant_columns() -> None:
    space = small_space(accuracy=0.5)
    network = replace(space.estimator.network, schedule="layerwise")
    layerwise = replace(space, estimator=Estimator(network, _activity(space)))
    _same(layerwise)
    assert set(layerwise.columns(np.arange(3))["accuracy"]) == {0.5}


def _activity(space: DesignSpace):
    from tests.hardware.small_networks import active

    return active(space.estimator.network, {"in": 60, "h0": 20})


@settings(max_examples=15)
@given(cases("spiking", "fixed"))
def test_any_network(case) -> None:
    estimator = Estimator(case.network, simulate(case.network, case.images, engine="reference"))
    choices = choices_of(case.network, {p.name: [lanes.axes for lanes in lane_grid(p)] for p in estimator.populations})
    few = dict(zip(choices, thinned(list(choices.values()), 40), strict=True))
    _same(DesignSpace(estimator, DEVICES["ecp5-85k"], (33.0,), few, {}))


def test_numbers_and_points() -> None:
    space = small_space()
    assert space.shape == (2, 5, 3) and len(space) == 30
    assert len({space.point(number) for number in range(30)}) == 30
    assert space.point(0).clock_mhz == 50.0 and space.point(29).label == "16/4"
