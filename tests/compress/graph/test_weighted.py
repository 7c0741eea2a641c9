"""Layers with weights: by output channel, also of transposed convolutions."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright.compress import PruneSettings, prune, quantize
from spikewright.compress.graph.weighted import by_output, codes_of, from_output, values_of


@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from([1, 2, 3]),
    st.integers(2, 8),
    st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_transposed_layers_have_a_scale_for_each_output(
    groups: int, inputs: int, outputs: int, rank: int, bits: int, seed: int
) -> None:
    """Each output channel is quantised as the same weights in a convolution."""
    torch.manual_seed(seed)
    kind = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[rank - 1]
    layer = kind(groups * inputs, groups * outputs, 2, groups=groups)
    rows = by_output(layer, layer.weight.detach())
    assert rows.shape == (groups * outputs, inputs, *[2] * rank)
    assert torch.equal(from_output(layer, rows), layer.weight)
    small = quantize(nn.Sequential(layer), bits)
    codes, scale = (torch.as_tensor(one) for one in small.integers["0"])
    assert len(scale) == groups * outputs
    assert torch.equal(values_of(layer, codes, scale), small.model[0].weight)
    assert torch.equal(codes_of(layer, small.model[0].weight.detach(), scale, bits), codes)
    x = torch.randn(1, groups * inputs, *[3] * rank)
    with torch.no_grad():
        alone = torch.zeros_like(layer.weight)
        alone_rows = by_output(layer, alone)
        alone_rows[0] = by_output(layer, small.model[0].weight.detach())[0]
        layer.weight.copy_(from_output(layer, alone_rows))
        layer.bias.copy_(small.model[0].bias)
        assert torch.allclose(layer(x)[:, 0], small.model[0](x)[:, 0], atol=1e-6)


def test_pruning_a_transposed_layer_counts_by_output() -> None:
    model = nn.Sequential(nn.ConvTranspose2d(2, 32, 2))
    small = prune(model, 0.5, settings=PruneSettings(pattern="channel-block", block=16))
    rows = by_output(model[0], small.masks["0"])
    assert all(
        len(set(rows[start : start + 16, c, i, j].tolist())) == 1
        for start in (0, 16)
        for c in (0, 1)
        for i in (0, 1)
        for j in (0, 1)
    )
