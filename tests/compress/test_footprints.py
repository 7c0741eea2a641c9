"""The records of a footprint: sums, shares and the table."""

import pytest
from torch import nn

from spikewright.compress import (
    Footprint,
    LayerFootprint,
    prune,
    quantize,
)


def test_a_compressed_layer_by_hand() -> None:
    model = nn.Sequential(nn.Linear(100, 2), nn.ReLU())
    small = quantize(prune(model, 0.96), 4)
    layer = small.footprint.layers[0]
    # the layer of the logits has one scale in all
    assert (layer.weights, layer.kept, layer.bits, layer.bias_bits, layer.scale_bits) == (200, 8, 4, 64, 32)
    assert layer.storage.startswith("gap") and layer.total_bits < 200 + 8 * 4 + 128
    assert small.footprint.ratio == pytest.approx(202 * 32 / layer.total_bits)
    assert small.footprint.sparsity == pytest.approx(0.96)
    assert "prune: 96.0 %" in str(small) and "quantize: 4-bit" in str(small)


def test_sums_are_over_layers_and_the_rest() -> None:
    one = LayerFootprint("0", 100, 20, 4, "bitmap", 80, 100, 32, 64)
    two = LayerFootprint("1", 50, 50, 32, "dense", 1600, 0, 0, 0)
    cost = Footprint((one, two), 96, 64, other_parameters=2)
    assert one.total_bits == 276 and one.dense_bits == 3264
    assert cost.total_bits == 276 + 1600 + 96 and cost.dense_bits == 3264 + 1600 + 64
    assert (cost.parameters, cost.kept) == (150 + 2 + 2, 70 + 2 + 2)
    assert cost.sparsity == pytest.approx(80 / 150) and cost.ratio == cost.dense_bits / cost.total_bits
    assert (cost.weight_bits, cost.index_bits, cost.bias_bits) == (1680, 100, 64)
    assert [row["storage"] for row in cost.table()] == ["bitmap", "dense"] and "154 parameters, 74 kept" in str(cost)
