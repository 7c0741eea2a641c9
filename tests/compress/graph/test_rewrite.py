"""Changes of a graph as data: each does what it says, replays on a fresh copy, and is refused where it does not fit."""

import copy

import pytest
import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.rewrite import Rewrite, apply, find, inserted_path, quantised_path, replay
from spikewright.compress.graph.standing import written
from spikewright.compress.graph.tracing import traced

SHAPE = (1, 6, 6)
X = torch.rand(3, *SHAPE, generator=torch.Generator().manual_seed(0))


def made() -> nn.Sequential:
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(2, affine=False)
    return nn.Sequential(nn.Conv2d(1, 2, 3, bias=False), norm, nn.ReLU(inplace=True), nn.Flatten()).eval()


def test_parameters_that_are_given_change_nothing() -> None:
    model = made()
    before = model(X)
    apply(model, Rewrite("bias", "0"))
    apply(model, Rewrite("affine", "1"))
    assert model[0].bias is not None and model[1].weight is not None and torch.equal(model(X), before)


def test_a_history_is_replayed_on_a_fresh_copy() -> None:
    changes = (Rewrite("bias", "0"), Rewrite("trace"), Rewrite("erase", "_1"), Rewrite("quantise", "_2", 3))
    one, other = (replay(made(), SHAPE, changes) for _ in range(2))
    assert isinstance(one, fx.GraphModule) and torch.equal(one(X), other(X))
    assert one.get_submodule(quantised_path("_2")).levels == 3
    assert len(set(one(X).flatten().tolist())) <= 4


def test_a_layer_is_inserted_in_front_of_one_reader() -> None:
    changes = (Rewrite("trace"), Rewrite("insert", "_3", 0, written(nn.LeakyReLU(0.5), "_2")))
    found, model = replay(made(), SHAPE, changes), made()
    assert isinstance(found, fx.GraphModule) and found.get_submodule(inserted_path("_3")).negative_slope == 0.5
    assert torch.equal(found(X), model(X))  # behind a ReLU it changes nothing
    with pytest.raises(InvalidInput, match="expected '_3' to read '_0', got another architecture"):
        replay(made(), SHAPE, (Rewrite("trace"), Rewrite("insert", "_3", 0, written(nn.ReLU(), "_0"))))


def test_a_value_with_new_readers_is_not_overwritten() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.act = nn.BatchNorm1d(4), nn.ReLU(inplace=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.act(self.norm(x)) + x

    module = traced(Twice().eval())
    apply(module, Rewrite("erase", "norm"))
    x = torch.randn(5, 4)
    assert torch.equal(module(x.clone()), torch.relu(x) + x)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (Rewrite("bias", "9"), "expected a layer '9'"),
        (Rewrite("bias", "2"), "a convolution or linear layer at '2', got ReLU"),
        (Rewrite("identity", "0"), "a batch norm at '0', got Conv2d"),
        (Rewrite("erase", "_1"), "a change that a Sequential can take, got 'erase'"),
        (Rewrite("run", "x"), "got 'run'"),
    ],
)
def test_changes_that_do_not_fit(change: Rewrite, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        apply(copy.deepcopy(made()), change)


def test_nodes_that_are_not_there() -> None:
    with pytest.raises(InvalidInput, match="expected a node 'nowhere'"):
        find(traced(made()), "nowhere")
    with pytest.raises(InvalidInput, match="input shape to trace with"):
        replay(made(), None, [Rewrite("trace")])
