"""Copies that live as long as they are needed: other numbers, or shared ones, and no memory that a circle keeps."""

import gc
import weakref

import torch
from torch import nn

from spikewright.compress.graph.copies import passing_copy
from spikewright.compress.graph.tracing import traced


def made() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Conv2d(2, 2, 1)).eval()


def test_a_copy_in_other_numbers_leaves_the_original_and_its_ties_as_they_are() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    net[2].weight = net[0].weight
    with passing_copy(net, lambda value: value.double()) as wide:
        assert wide[0].weight.dtype == torch.float64 and wide[2].weight is wide[0].weight
        assert torch.allclose(wide(torch.ones(1, 2).double()).float(), net(torch.ones(1, 2)))
    assert net[0].weight.dtype == torch.float32 and not list(wide.parameters())


def test_a_copy_without_other_numbers_shares_them_and_outlives_new_ones() -> None:
    net, images = made(), torch.rand(1, 1, 5, 5)
    before = net(images)
    with passing_copy(net) as kept:
        assert kept[0].weight is net[0].weight
        net[0].weight = nn.Parameter(torch.zeros_like(net[0].weight))
        assert torch.equal(kept(images), before) and not torch.equal(net(images), before)
    assert len(list(net.parameters())) == 6


def test_the_numbers_of_a_graph_are_gone_at_once() -> None:
    graph, alive = traced(made()), []
    gc.disable()
    try:
        with passing_copy(graph, lambda value: value.double()) as wide:
            alive += [weakref.ref(value) for value in wide.parameters()]
        assert all(one() is None for one in alive)
    finally:
        gc.enable()
