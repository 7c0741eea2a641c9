"""Channels that no input brings to a level: fewer bits to divide by, and the same answers."""

import numpy as np
import pytest

from spikewright.snn import Direct, Integrator, Linear, Network, Population, Projection, QuantReLU, Source, simulate
from spikewright.weights import Leaf, Scaled

X = np.linspace(0, 1, 24, dtype=np.float32).reshape(6, 4)


def sloped(slope: float) -> Network:
    """A quantised layer of two channels, the second one multiplied by `slope`."""
    integers = np.array([[3, -2, 1, 3], [1, 2, -3, 3]], dtype=np.int8)
    scale = np.array([0.1, 0.1 * slope], np.float32)
    last = Scaled(Leaf(np.eye(2, dtype=np.int8), 128), np.ones(2, np.float32))
    return Network(
        populations=(
            Population("input", (4,), Source()),
            Population("hidden", (2,), QuantReLU(0.5, 0, 15), bias=np.array([0.5, 0.5 * slope], np.float32)),
            Population("out", (2,), Integrator()),
        ),
        projections=(
            Projection("input", "hidden", Linear(Scaled(Leaf(integers, 128), scale))),
            Projection("hidden", "out", Linear(last)),
        ),
        code=Direct(1, 255),
        input="input",
        output="out",
    )


@pytest.mark.parametrize(("slope", "lowered"), [(1.0, False), (1e-2, False), (1e-6, True)])
def test_a_level_out_of_reach_comes_down(slope: float, lowered: bool) -> None:
    fixed = sloped(slope).to_fixed()
    (row,) = (row.detail for row in fixed.report if row.layer == "hidden")
    assert ("1 channels that no input brings to a level" in row) == lowered
    found = simulate(fixed, X, engine="reference").logits
    np.testing.assert_array_equal(simulate(fixed, X).logits, found)
    assert found[:, 0].any() and bool(found[:, 1].any()) == (slope == 1.0)
    one = fixed.by_name["hidden"].neuron
    assert 2.0**one.shift / np.min(one.multiplier) < 2**24
