"""Populations of time-coded networks: real numbers in float64, slots in int64."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import Identity, Integrator, Network, Population, Projection, Ramp, Source, TtfsCode
from spikewright.snn.event.ramp_populations import compile_ramps

SHAPE = (2, 1, 2)


def compiled(name, window=2.0, levels=8, weight=3, shift=0, **fields):
    """in -> the Ramps "a" -> the Integrators "out"; of "name", with these `fields`."""
    fixed = {"numbers": "fixed"} if "potential_bits" in fields else {}
    bits = {"potential_bits": 10} if fixed else {}
    own = {part: {**bits, **(fields if part == name else {})} for part in ("a", "out")}
    parts = (
        Population("in", SHAPE, Source()), Population("a", SHAPE, Ramp(window, levels), **own["a"]),
        Population("out", SHAPE, Integrator(), **own["out"]),
    )  # fmt: skip
    links = Projection("in", "a", Identity(weight), shift=shift), Projection("a", "out", Identity(1))
    network = Network(parts, links, "in", "out", TtfsCode(4 if fixed else None), **fixed)
    return compile_ramps(network, network.by_name[name], ())


def test_real_numbers():
    found = compiled("a", bias=np.array([0.5, 1.0]))
    assert found.law == (2.0, 8, 0) and found.types.sums == np.float64
    assert found.bias.tolist() == [0.5, 1.0, 0.5, 1.0]  # rows, columns, channels
    assert compiled("out").law == (0.0, 0, 0)


def test_slots():
    found = compiled("a", 24, 4, potential_bits=10, initial=7)
    assert found.law == (6, 4, 511) and found.types.sums == np.int64 and found.initial.tolist() == [7] * 4
    assert compiled("out", 24, 4, potential_bits=10).law == (0, 0, 511)


def test_sums_that_64_bits_do_not_hold():
    with pytest.raises(InvalidNetwork, match="the potentials of population 'a' below"):
        compiled("a", 24, 4, 2**31 - 1, 32, potential_bits=62)
