"""Steps become a module: shapes are checked as they come, what nothing reads is left out, layers lie under their paths."""

import operator

import pytest
import torch
from torch import nn

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged, Unsupported


def test_shapes_follow_the_steps_and_the_module_computes_them() -> None:
    builder = Builder()
    start = builder.input("x", (3, 4, 4))
    deep = builder.layer("conv", nn.Conv2d(3, 5, 3), start)
    total = builder.call("sum", operator.add, deep, deep)
    builder.layer("unused", nn.ReLU(), start)
    assert (deep.shape, total.shape, total.rank) == ((5, 2, 2), (5, 2, 2), 4)
    module = builder.finish(start, total)
    images = torch.rand(3, 3, 4, 4)
    assert not module.training and not hasattr(module, "unused")
    assert torch.equal(module(images), 2 * module.conv(images))


def test_names_are_unique_and_attributes_of_a_module() -> None:
    builder = Builder()
    start = builder.input("x", (2,))
    names = [builder.layer(name, nn.ReLU(), start).name for name in ("a.b", "a b", "1", "forward", "")]
    assert names == ["a_b", "a_b_1", "n1", "forward_1", "value"]


def test_layers_lie_under_their_paths_where_asked() -> None:
    builder = Builder(paths=True)
    start = builder.input("x", (2,))
    inner = builder.layer("body.0.fc", nn.Linear(2, 3), start)
    module = builder.finish(start, builder.layer("body.0.fc.more", nn.Linear(3, 2), inner))
    assert module.get_submodule("body.0.fc").out_features == 3
    assert [name for name, layer in module.named_modules() if isinstance(layer, nn.Linear)] == [
        "body.0.fc",
        "body_0_fc_more",
    ]


def test_a_tensor_among_the_arguments_is_a_buffer() -> None:
    builder = Builder()
    start = builder.input("x", (2,))
    module = builder.finish(start, builder.call("shift", operator.mul, start, torch.tensor([1.0, 2.0])))
    assert [name for name, _ in module.named_buffers()] == ["shift_constant"]
    assert torch.equal(module(torch.ones(1, 2)), torch.tensor([[1.0, 2.0]]))


def test_each_tensor_of_a_step_is_a_buffer_of_its_own() -> None:
    builder = Builder()
    start = builder.input("x", (2,))
    bounds = torch.tensor([0.0, -1.0]), torch.tensor([0.5, 1.0])
    both = builder.call("clip", torch.clamp, start, *bounds)
    module = builder.finish(start, builder.layer("clip_constant", nn.ReLU(), both))
    assert torch.equal(module(torch.tensor([[2.0, -3.0]])), torch.tensor([[0.5, 0.0]]))


def test_what_does_not_fit_is_damage() -> None:
    builder = Builder()
    start = builder.input("x", (3, 4, 4))
    with pytest.raises(Damaged, match="do not fit"):
        builder.layer("conv", nn.Conv2d(5, 5, 3), start)
    with pytest.raises(Unsupported, match="keep the batch"):
        builder.call("sum", torch.sum, start)
    with pytest.raises(Damaged, match="numbers for one image"):
        Builder().input("x", (1 << 15, 1 << 15))
