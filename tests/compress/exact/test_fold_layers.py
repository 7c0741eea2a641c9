"""Which layers may take in a map: plain ones, that nobody else calls or reads, and no shift where zeros are padded."""

import pytest
import torch
from torch import nn

from spikewright.compress import GraphView, fold_batchnorm, trace
from spikewright.compress.exact.channel_maps import ChannelMap, Stuck
from spikewright.compress.exact.fold_layers import Uses, check_input, check_own, takes

SHIFT = ChannelMap(torch.ones(2).double(), torch.ones(2).double())


def view_of(*layers: nn.Module) -> GraphView:
    return trace(nn.Sequential(*layers), torch.zeros(1, 2, 5, 5))


def test_plain_layers_take_and_others_do_not() -> None:
    hooked = nn.Conv2d(2, 2, 1)
    hooked.register_forward_hook(lambda *_: None)
    assert all(takes(view_of(layer).nodes[-1]) for layer in (nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2)))
    for layer in (hooked, nn.ReLU(), nn.BatchNorm2d(2, track_running_stats=False)):
        assert not any(map(takes, view_of(layer)))


def test_a_layer_that_is_called_twice_is_nobodys_own() -> None:
    shared = nn.Conv2d(2, 2, 1)
    view = view_of(shared, nn.ReLU(), shared)
    node, root = view.nodes[1], view.graph_module
    uses = Uses(root)
    with pytest.raises(Stuck, match="is called 2 times"):
        check_own(node, uses)
    uses.forget(next(one for one in root.graph.nodes if one.op == "call_module"))
    check_own(node, uses)


def test_a_weight_with_two_names_is_shared_until_one_of_them_leaves() -> None:
    one, other = nn.Conv2d(2, 2, 1, bias=False), nn.Conv2d(2, 2, 1, bias=False)
    other.weight = one.weight
    view = view_of(one, other)
    uses = Uses(view.graph_module)
    with pytest.raises(Stuck, match="is used elsewhere too"):
        check_own(view.nodes[1], uses)
    uses.forget(next(one for one in view.graph_module.graph.nodes if one.name == view.nodes[2].name))
    check_own(view.nodes[1], uses)


def test_a_shift_ends_where_zeros_are_padded() -> None:
    padded, bare = view_of(nn.Conv2d(2, 2, 3, padding=1)).nodes[-1], view_of(nn.Conv2d(2, 2, 3)).nodes[-1]
    with pytest.raises(Stuck, match="pads with zeros"):
        check_input(padded, SHIFT)
    check_input(padded, SHIFT.only_scale())
    check_input(bare, SHIFT)
    with pytest.raises(Stuck, match="spreads a shift unevenly"):
        check_input(view_of(nn.ConvTranspose2d(2, 2, 2)).nodes[-1], SHIFT)


def test_a_linear_layer_over_the_last_axis_takes_no_map_of_channels() -> None:
    norm = nn.BatchNorm1d(3)
    with torch.no_grad():
        norm.running_mean.fill_(0.5)
        norm.weight.fill_(2.0)
    model = nn.Sequential(nn.ReLU(), norm, nn.Linear(5, 4), nn.Flatten(), nn.Linear(12, 2)).eval()
    folded, rows = fold_batchnorm(model, x := torch.rand(4, 3, 5))
    assert [row.action for row in rows] == ["kept"]
    assert torch.allclose(folded(x), model(x), atol=1e-6)
