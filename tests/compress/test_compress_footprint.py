"""The footprint is the length of a real encoding."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from compress import QuantReLU, footprint, prune, quantize
from compress.footprint import cheapest_storage


def gap_encoded(nonzero: list[bool], width: int) -> list[tuple[int, bool]]:
    """(zeros before, is a weight) for each stored entry, written as one would write an encoder."""
    entries, zeros = [], 0
    for value in nonzero:
        if value:
            entries.append((zeros, True))
            zeros = 0
        elif zeros == 2**width - 1:
            entries.append((zeros, False))  # a filler takes this place
            zeros = 0
        else:
            zeros += 1
    while entries and not entries[-1][1]:
        entries.pop()  # what follows the last weight is zero anyway
    return entries


@given(st.lists(st.booleans(), min_size=1, max_size=200), st.integers(2, 8), st.integers(1, 8))
def test_no_way_of_storing_is_cheaper(nonzero: list[bool], bits: int, width: int) -> None:
    storage, weight_bits, index_bits = cheapest_storage(np.array(nonzero), bits)
    entries = gap_encoded(nonzero, width)
    assert all(zeros < 2**width for zeros, _ in entries)
    total = weight_bits + index_bits
    assert total <= min(len(nonzero) * bits, len(nonzero) + sum(nonzero) * bits, len(entries) * (bits + width))
    if storage == f"gap{width}":
        assert (weight_bits, index_bits) == (len(entries) * bits, len(entries) * width)


def test_a_plain_network_counts_as_it_is() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3, bias=False))
    cost = footprint(model)
    assert cost.parameters == 18 + 2 + 24 and cost.bias_bits == 64
    assert cost.other_bits == 32 * 8  # gamma, beta, mean and variance of two channels
    assert cost.total_bits == cost.dense_bits == 32 * (44 + 8) and cost.ratio == 1
    assert "total: 44 parameters" in str(cost)


def test_a_compressed_layer_by_hand() -> None:
    model = nn.Sequential(nn.Linear(100, 2), nn.ReLU())
    small = quantize(prune(model, 0.96), 4)
    layer = small.footprint.layers[0]
    assert (layer.weights, layer.kept, layer.bits, layer.bias_bits, layer.scale_bits) == (200, 8, 4, 64, 64)
    assert layer.storage.startswith("gap") and layer.total_bits < 200 + 8 * 4 + 128
    assert small.footprint.ratio == pytest.approx(202 * 32 / layer.total_bits)
    assert small.footprint.sparsity == pytest.approx(0.96)
    assert "prune: 96.0 %" in str(small) and "quantize: 4-bit" in str(small)


def test_clip_ranges_cost_bits_but_were_not_there_before() -> None:
    with_range = nn.Sequential(nn.Linear(4, 2), QuantReLU(7, 1.0))
    assert footprint(with_range).total_bits == footprint(with_range).dense_bits + 32


def test_a_compressed_is_called_like_a_model() -> None:
    small = prune(nn.Sequential(nn.Linear(4, 2)), 0.5)
    x = torch.randn(3, 4)
    assert small.eval() is small and torch.equal(small(x), small.model(x))
