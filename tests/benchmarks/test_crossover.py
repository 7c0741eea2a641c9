"""A layer beside dense convolutions: the same sums, exact ones equal, and the densities up to which the engine is quicker."""

import numpy as np
import pytest
import torch

from benchmarks.crossover import ENGINE, Crossover, crossings, dense_ways
from benchmarks.engine_kernel import bare_dots, bare_tiles, dot_delivery
from benchmarks.generated import Shape, generate
from spikewright import InvalidInput, Table
from spikewright.snn.kernels.dot_ways import TILES


def test_exact_sums_are_equal() -> None:
    rows = list(Crossover((16,), (0.01, 0.5), 8, 1).rows(None))
    assert len(rows) == 8 and {row["runner"] for row in rows} == {
        ENGINE,
        "torch, int8",
        "torch, float32",
        "torch, bfloat16",
    }
    assert all(row["equal"] for row in rows if "bfloat16" not in row["runner"])
    assert rows[0]["active_sources"] < rows[-1]["active_sources"] <= 1.0


def test_products_of_sources_that_fire_at_all() -> None:
    network = generate(Shape(channels=16, side=4, steps=4), 2)[0].to_fixed()
    found = dot_delivery(network, "first->conv", 0.1, 8)
    projection = next(q for q in network.projections if q.name == "first->conv")
    once = torch.from_numpy(found.spikes.any(axis=0, keepdims=True).astype(np.float32))
    weights = torch.from_numpy((projection.synapse.weights.values() != 0).astype(np.float32))
    assert found.products == 8 * int(torch.nn.functional.conv2d(once, weights, padding=1).sum())
    wanted = dense_ways(projection)["float32"](torch.from_numpy(found.spikes.astype(np.float32))).numpy()
    np.testing.assert_array_equal(found.sums(), wanted)
    for bare in (bare_dots, *([bare_tiles] if TILES else [])):
        call, products = bare(10)
        call()
        assert products >= 10


def test_other_routes_are_refused() -> None:
    network = generate(Shape(channels=2, side=4, steps=4), 2)[0].to_fixed()
    with pytest.raises(InvalidInput, match="by dot products"):
        dot_delivery(network, "first->conv", 0.1, 8)


def test_where_the_engine_is_quicker() -> None:
    rows = [
        {"channels": channels, "density": density, "runner": name, "times_engine": times}
        for channels, name, density, times in ((8, "a", 0.005, 2.0), (8, "a", 0.1, 1.5), (8, "a", 0.2, 0.5), (9, "a", 0.1, 0.9),
                                               (8, ENGINE, 0.1, 1.0))
    ]  # fmt: skip
    assert crossings(Table.of(rows)) == {"a": ["up to 10 % at 8 channels", "nowhere at 9 channels"]}
