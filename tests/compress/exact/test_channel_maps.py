"""How a layer takes in a map of its channels: on its outputs and on its inputs, exactly, and where it cannot."""

import pytest
import torch
from torch import nn

from spikewright.compress import trace
from spikewright.compress.exact.channel_maps import ChannelMap, Edit, Stuck, map_of, needs, take
from spikewright.compress.exact.fold_layers import check_input

DRAW = torch.Generator().manual_seed(0)


def drawn(channels: int) -> ChannelMap:
    scale, shift = (torch.rand(channels, generator=DRAW, dtype=torch.float64) + 0.5 for _ in range(2))
    return ChannelMap(scale, shift)


def mapped(x: torch.Tensor, change: ChannelMap) -> torch.Tensor:
    shape = (1, -1, *[1] * (x.ndim - 2))
    return (x * change.scale.float().reshape(shape)) + change.shift.float().reshape(shape)


LAYERS = {
    "linear": (nn.Linear(6, 4), (6,)),
    "convolution": (nn.Conv2d(6, 4, 3), (6, 5, 5)),
    "grouped": (nn.Conv2d(6, 4, 3, groups=2), (6, 5, 5)),
    "sequence": (nn.Conv1d(6, 4, 2), (6, 7)),
    "transposed": (nn.ConvTranspose2d(6, 4, 1, groups=2), (6, 3, 3)),
    "batch norm": (nn.BatchNorm2d(6), (6, 3, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("side", ["output", "input"])
def test_a_map_goes_into_weights_and_bias(name: str, side: str) -> None:
    layer, shape = LAYERS[name]
    torch.manual_seed(1)
    layer = type(layer)(**_settings(layer)).eval()
    x = torch.rand(3, *shape, generator=DRAW)
    with torch.no_grad():
        before = layer(x)
        change = drawn(before.shape[1] if side == "output" else shape[0])
        wanted = mapped(before, change) if side == "output" else layer(mapped(x, change))
        take(layer, Edit("layer", side, change))
        torch.testing.assert_close(layer(x), wanted, atol=1e-5, rtol=1e-5)


def _settings(layer: nn.Module) -> dict[str, object]:
    names = ("in_features", "out_features", "in_channels", "out_channels", "kernel_size", "groups", "num_features")
    return {name: getattr(layer, name) for name in names if hasattr(layer, name)}


def test_a_batch_norm_is_a_map() -> None:
    norm = nn.BatchNorm1d(5).eval()
    with torch.no_grad():
        norm.running_mean.normal_(generator=DRAW)  # type: ignore[union-attr]
        norm.running_var.uniform_(0.5, 2, generator=DRAW)  # type: ignore[union-attr]
    x = torch.rand(4, 5, generator=DRAW)
    torch.testing.assert_close(mapped(x, map_of(norm)), norm(x))


def test_what_a_layer_lacks_and_where_a_shift_ends() -> None:
    shift = drawn(2)
    assert needs(nn.Conv2d(2, 2, 1, bias=False), Edit("", "output", shift)) == "bias"
    assert needs(nn.Conv2d(2, 2, 1, bias=False), Edit("", "output", shift.only_scale())) is None
    assert needs(nn.BatchNorm2d(2, affine=False), Edit("", "output", shift)) == "affine"
    padded = trace(nn.Sequential(nn.Conv2d(2, 2, 3, padding=1)), torch.zeros(1, 2, 5, 5)).nodes[-1]
    with pytest.raises(Stuck, match="pads with zeros"):
        check_input(padded, shift)
    check_input(padded, shift.only_scale())
