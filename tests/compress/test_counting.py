"""The footprint is the length of a real encoding."""

from collections.abc import Callable
from math import ceil, comb, log2

import pytest
import torch
from torch import nn

from spikewright.compress import (
    PruneSettings,
    QuantizedHalves,
    QuantizedReLU,
    footprint,
    prune,
    quantize,
)
from spikewright.compress.counting import cheapest_storage


def test_a_plain_network_counts_as_it_is() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3, bias=False))
    cost = footprint(model)
    assert cost.parameters == 18 + 2 + 24 + 4 and cost.bias_bits == 64
    assert cost.other_bits == 32 * 8  # gamma, beta, mean and variance of two channels
    assert cost.total_bits == cost.dense_bits == 32 * (44 + 8) and cost.ratio == 1
    assert "total: 48 parameters" in str(cost)


def test_clip_ranges_cost_bits_but_were_not_there_before() -> None:
    with_range = nn.Sequential(nn.Linear(4, 2), QuantizedReLU(7, 1.0))
    assert footprint(with_range).total_bits == footprint(with_range).dense_bits + 32


def test_slopes_and_ranges_of_both_sides_cost_a_number_each() -> None:
    sloped = nn.Sequential(nn.Linear(4, 2), QuantizedHalves(7, 2))
    assert footprint(sloped).total_bits == footprint(sloped[:1]).total_bits + 32 * (2 + 2)


@pytest.mark.parametrize(("n", "m", "along"), [(1, 8, "output"), (3, 8, "input"), (2, 4, "input"), (5, 16, "output")])
def test_n_of_m_costs_the_number_of_the_subset(n: int, m: int, along: str) -> None:
    layer = nn.Sequential(nn.Linear(64, 32, bias=False))
    settings = PruneSettings(pattern="n:m", block=m, along=along, scope="layer")
    row = footprint(prune(layer, 1 - n / m, settings=settings)).layers[0]
    groups = 64 * 32 // m
    assert row.index_bits == groups * ceil(log2(comb(m, n))) and row.weight_bits == 32 * n * groups
    assert row.storage == f"{n}:{m} {along}"


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_a_scale_that_all_channels_share_is_one_number(bits: int) -> None:
    small = quantize(nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4)), bits)
    assert [row.scale_bits for row in small.footprint.layers] == [5 * 32, 32]


class Mixed(nn.Module):
    """Layers that are treated, and layers that are not."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.rnn = nn.Embedding(9, 4), nn.GRU(4, 8, batch_first=True)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm, self.place = nn.LayerNorm(8), nn.Parameter(torch.randn(8))
        self.out = nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.rnn(self.table(x.long()))[0] + self.place
        return self.out(self.norm(self.attention(y, y, y)[0]).mean(1))


@pytest.mark.parametrize(
    "make", [lambda: Mixed(), lambda: nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.PReLU(8))]
)
def test_every_parameter_is_counted(make: Callable[[], nn.Module]) -> None:
    model = make()
    for small in (model, prune(model, 0.5)):
        inner = small if isinstance(small, nn.Module) else small.model
        cost = footprint(small)
        assert cost.parameters == sum(value.numel() for value in inner.parameters())


def test_what_a_method_leaves_alone_is_named_and_dense() -> None:
    for small in (prune(Mixed(), 0.5), quantize(Mixed(), 4)):
        for name in ("table (Embedding)", "rnn (GRU)", "attention (MultiheadAttention)", "norm (LayerNorm)"):
            assert name in small.steps[-1]
        rows = {row.path: row for row in small.footprint.layers}
        assert rows["rnn"].bits == 32 and rows["rnn"].storage == "dense" and rows["place"].weights == 8
        assert rows["table"].total_bits == 9 * 4 * 32 and rows["out"].bits == small.bits.get("out", 32)


def test_blocks_cost_one_bit_each() -> None:
    model = nn.Sequential(nn.Linear(200, 32, bias=False))
    layer = footprint(prune(model, 0.75, settings=PruneSettings(pattern="channel-block", block=16))).layers[0]
    # 32 x 200 weights in 2 x 200 blocks of 16: a quarter, 100 blocks, is stored; one bit says it of each.
    assert (layer.storage, layer.weight_bits, layer.index_bits) == ("block16", 100 * 16 * 32, 400)
    assert cheapest_storage(torch.ones(20, 3).numpy() > 0, 8) == ("dense", 480, 0)
