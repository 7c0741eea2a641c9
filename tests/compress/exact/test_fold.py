"""Folding is exact: same output, fewer batch norms; what cannot fold exactly stays and is reported."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from spikewright.compress import fold_batchnorm, prune, quantize


def shaken(model: nn.Module, seed: int = 0) -> nn.Module:
    """Batch norms as after training: no statistic at its starting value."""
    generator = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.running_mean.normal_(generator=generator)
            module.running_var.uniform_(0.1, 3, generator=generator)
            if module.affine:
                module.weight.data.normal_(generator=generator)
                module.bias.data.normal_(generator=generator)
    return model.eval()


def check(model: nn.Module, sample: torch.Tensor) -> list[str]:
    """Fold, compare, and give the actions."""
    folded, rows = fold_batchnorm(model, sample)
    with torch.no_grad():
        before, after = model.double()(sample.double()), folded.double()(sample.double())
    assert float((before - after).abs().max()) <= 1e-5 * float(before.abs().max())
    left = sum(isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) for module in folded.modules())
    assert left == len({row.node for row in rows if row.action == "kept"})
    return [row.action for row in rows]


@given(
    seed=st.integers(0, 1000),
    groups=st.sampled_from([1, 2, 4]),
    padding=st.integers(0, 2),
    stride=st.integers(1, 2),
    bias=st.booleans(),
    affine=st.booleans(),
)
def test_backward_folding_is_exact(seed: int, groups: int, padding: int, stride: int, bias: bool, affine: bool) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(4, 8, 3, stride, padding, groups=groups, bias=bias),
        nn.BatchNorm2d(8, affine=affine),
        nn.ReLU(),
        nn.Flatten(),
        nn.LazyLinear(6, bias=bias),
        nn.BatchNorm1d(6),
    )
    sample = torch.randn(3, 4, 7, 7)
    model.eval()(sample)
    assert check(shaken(model, seed), sample) == ["folded", "folded"]


@given(seed=st.integers(0, 1000), groups=st.sampled_from([1, 2, 4]), stride=st.integers(1, 2))
def test_forward_folding_is_exact(seed: int, groups: int, stride: int) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.ReLU(),
        nn.BatchNorm2d(4),
        nn.Conv2d(4, 8, 3, stride, groups=groups),
        nn.ReLU(),
        nn.BatchNorm2d(8),
        nn.Flatten(),
        nn.LazyLinear(5, bias=False),
    )
    sample = torch.randn(3, 4, 7, 7)
    model.eval()(sample)
    assert check(shaken(model, seed), sample) == ["folded", "folded"]


def test_same_weights_as_torch() -> None:
    conv, norm = nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5)
    model = shaken(nn.Sequential(conv, norm))
    theirs = fuse_conv_bn_eval(conv, norm)
    ours, _ = fold_batchnorm(model, torch.zeros(1, 3, 8, 8))
    layer = ours.get_submodule("0")
    assert torch.allclose(layer.weight, theirs.weight, rtol=1e-5, atol=1e-7)
    assert torch.allclose(layer.bias, theirs.bias, rtol=1e-5, atol=1e-6)


def test_padding_forbids_the_forward_fold() -> None:
    model = shaken(nn.Sequential(nn.ReLU(), nn.BatchNorm2d(2), nn.Conv2d(2, 2, 3, padding=1)))
    assert check(model, torch.randn(2, 2, 6, 6)) == ["kept"]
    _, rows = fold_batchnorm(model, torch.randn(2, 2, 6, 6))
    assert "pads with zeros" in rows[0].reason and "no affine layer" in rows[0].reason


class Reused(nn.Module):
    """One convolution, called twice, with a batch norm of its own after each call."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.one, self.two = nn.BatchNorm2d(3), nn.BatchNorm2d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.two(self.conv(torch.relu(self.one(self.conv(x)))))


class Residual(nn.Module):
    """Pre-activation block: the first batch norm sees the input, the second a convolution that is read once."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.one, self.two = nn.BatchNorm2d(4), nn.BatchNorm2d(4)
        self.a, self.b = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        return x + self.b(torch.relu(self.two(self.a(torch.relu(self.one(x))))))


class TiedWeights(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)
        self.b.weight = self.a.weight
        self.one, self.two = nn.BatchNorm2d(3), nn.BatchNorm2d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.two(self.b(torch.relu(self.one(self.a(x)))))


@pytest.mark.parametrize(
    ("model", "actions"),
    [(Reused(), ["kept", "kept"]), (Residual(), ["kept", "folded"]), (TiedWeights(), ["kept", "kept"])],
)
def test_shared_layers_and_values_are_left_alone(model: nn.Module, actions: list[str]) -> None:
    assert check(shaken(model), torch.randn(2, 3, 6, 6)) == actions


def test_a_batch_norm_used_twice_folds_twice() -> None:
    norm = nn.BatchNorm2d(3)
    model = shaken(nn.Sequential(nn.Conv2d(3, 3, 1), norm, nn.ReLU(), nn.Conv2d(3, 3, 1), norm))
    assert check(model, torch.randn(2, 3, 6, 6)) == ["folded", "folded"]


def test_pruned_weights_stay_pruned_and_integers_stay_integers() -> None:
    model = shaken(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(128, 4)))
    sample = torch.randn(4, 3, 6, 6)
    pruned = prune(model, 0.7)
    folded, _ = fold_batchnorm(pruned, sample)
    assert not folded.get_submodule("0").weight[~pruned.masks["0"]].any()
    small = quantize(pruned, 4, (sample, torch.arange(4)))
    again, rows = fold_batchnorm(small, sample)
    assert rows == () and torch.equal(again.get_submodule("0").weight, small.model.get_submodule("0").weight)
    assert any("batch norm _1 folded, into 0 (backward)" in step for step in small.steps)
    assert any(
        "batch norm 1 folded, into 0 (backward)" in step for step in quantize(model, 4).steps
    )  # without data too


def test_the_graph_is_compiled_as_often_for_many_batch_norms_as_for_few(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[int] = []
    recompile = fx.GraphModule.recompile

    def counted(module: fx.GraphModule) -> object:
        compiled[-1] += 1
        return recompile(module)

    monkeypatch.setattr(fx.GraphModule, "recompile", counted)
    for blocks in (2, 12):
        compiled.append(0)
        layers = [layer for _ in range(blocks) for layer in (nn.Conv2d(2, 2, 1), nn.BatchNorm2d(2), nn.ReLU())]
        _, rows = fold_batchnorm(shaken(nn.Sequential(*layers)), torch.rand(1, 2, 4, 4))
        assert [row.action for row in rows] == ["folded"] * blocks
    assert compiled[0] == compiled[1]
