"""The records of a footprint: sums, shares and the table."""

import pytest
from torch import nn

from spikewright.compress import (
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
