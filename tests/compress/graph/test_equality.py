"""Every rewrite is compared with what it came from, on inputs that excite every channel, and the first difference has a name."""

import copy
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from spikewright import InvalidInput
from spikewright.compress import (
    QuantizedReLU,
    QuantizeSettings,
    TrainSettings,
    fold_batchnorm,
    learned_thresholds,
    quantize,
    trace,
)
from spikewright.compress.graph.equality import first_difference
from spikewright.compress.graph.view import traced

X = torch.rand(16, 1, 6, 6, generator=torch.Generator().manual_seed(0))
DATA = X, torch.arange(16) % 3


def small(*ends: nn.Module) -> nn.Sequential:
    torch.manual_seed(1)
    layers = (nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.Flatten())
    model = nn.Sequential(*layers, nn.Linear(16, 3), *ends).eval()
    model[1].running_var.uniform_(0.2, 2.0)
    model[1].running_mean.normal_()
    return model


VERBS: dict[str, Callable[[nn.Module], object]] = {
    "trace": lambda model: trace(model, X),
    "fold": lambda model: fold_batchnorm(model, X),
    "quantize": lambda model: quantize(model, 8, DATA, settings=QuantizeSettings(training=TrainSettings(epochs=0))),
    "learned thresholds": lambda model: learned_thresholds(model, 4, X),
    "learned thresholds of no samples": lambda model: learned_thresholds(model, 4),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_hook_on_the_model_itself_is_refused_with_a_way_that_works(verb: str) -> None:
    model = small()
    model.register_forward_pre_hook(lambda module, given: (given[0] * 4 - 2,))
    with pytest.raises(InvalidInput, match=r"forward hook on Sequential itself; try torch\.nn\.Sequential\(model\)"):
        VERBS[verb](model)
    VERBS[verb](nn.Sequential(model))
    wrapped = nn.Sequential(model)
    with torch.no_grad():
        assert torch.allclose(trace(wrapped, X).graph_module(X), model(X), atol=1e-6)


def test_a_forward_that_was_replaced_is_not_overlooked() -> None:
    model = small()
    model.forward = lambda x: nn.Sequential.forward(model, x) * 2  # type: ignore[method-assign]
    with pytest.raises(InvalidInput, match=r"put in its place on the model itself; try torch\.nn\.Sequential\(model\)"):
        trace(model, X)
    with torch.no_grad():
        assert torch.allclose(trace(nn.Sequential(model), X).graph_module(X), model(X), atol=1e-6)


@pytest.mark.parametrize("layer", ["0", "3", "6"])
@pytest.mark.parametrize("part", ["weight", "bias"])
def test_the_layer_that_differs_is_named(layer: str, part: str) -> None:
    model = small()
    other = traced(copy.deepcopy(model))
    with torch.no_grad():
        other.get_parameter(f"{layer}.{part}").view(-1)[1] += 0.05
    found = first_difference(model, other, X)
    assert found is not None and found.node.startswith(f"{layer} (")
    black = first_difference(model, other, torch.zeros(4, 1, 6, 6))
    assert black is not None and black.node == found.node


def test_only_channels_that_black_samples_leave_silent() -> None:
    """The bias keeps the channel below zero until something shines on it."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(32, 3)).eval()
    with torch.no_grad():
        model[0].weight.abs_()
        model[0].bias.fill_(-0.1)
    other = traced(copy.deepcopy(model))
    with torch.no_grad():
        other.get_parameter("0.weight").mul_(1.5)
    black = torch.zeros(4, 1, 6, 6)
    with torch.no_grad():
        assert torch.equal(model(black), other(black))
    assert first_difference(model, other, black) is not None


def test_a_limit_above_the_samples_is_seen() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Hardtanh(-1.5, 1.5)).eval()
    other = traced(nn.Sequential(nn.Flatten(), nn.Identity()).eval())
    assert first_difference(model, other, X) is not None


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), error=st.sampled_from([0.0, 1.0]))
def test_a_changed_weight_is_found_and_rounding_is_not(seed: int, error: float) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 8), QuantizedReLU(4, 2.0), nn.Linear(8, 3)).eval()
    other = traced(copy.deepcopy(model))
    weight = other.get_parameter("2.weight")
    with torch.no_grad():
        weight *= 1 + 2.0**-24  # what storing another way costs
        weight[seed % 8] += error
    found = first_difference(model, other, torch.rand(4, 5))
    assert (found is None) == (error == 0.0)
    assert found is None or found.node.startswith(("2 (", "3 ("))


class Several(nn.Module):
    """Two outputs, dropout, and a buffer of its own type."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.drop = nn.Linear(4, 3), nn.Dropout()

    def forward(self, x: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        y = self.layer(self.drop(x))
        return {"both": (y, y.relu())}


class InFloat32(nn.Module):
    """Cannot be run in float64."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x.float())


class Words(nn.Module):
    """Takes indices only."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.out = nn.Embedding(5, 4), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.table(x.long()).mean(1))


@pytest.mark.parametrize("model", [Several(), Several().double(), InFloat32(), Words()], ids=lambda m: type(m).__name__)
def test_unusual_models(model: nn.Module) -> None:
    model.eval()
    samples = torch.randint(0, 5, (6, 4), generator=torch.Generator().manual_seed(3)).float()
    other = traced(copy.deepcopy(model))
    assert first_difference(model, other, samples) is None
    with torch.no_grad():
        next(iter(other.parameters())).add_(0.1)
    found = first_difference(model, other, samples)
    assert found is not None
    assert ("float32" in str(found)) == isinstance(model, InFloat32)


def test_neither_side_nor_the_random_state_is_changed() -> None:
    model = small()
    other, before = traced(copy.deepcopy(model)), copy.deepcopy(model.state_dict())
    state = torch.get_rng_state()
    first_difference(model, other, X)
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(value.dtype == torch.float32 for value in other.parameters())
    assert not any(module._forward_hooks for module in model.modules())


def test_a_batch_norm_behind_a_parametrised_layer_folds_rightly() -> None:
    model = small()
    model[0] = weight_norm(model[0])
    folded, rows = fold_batchnorm(model, X)
    with torch.no_grad():
        assert torch.allclose(folded(X), model(X), atol=1e-5)
    assert [row.action for row in rows] == ["folded"]
    with torch.no_grad():  # and the model itself still computes its weight
        model[0].parametrizations.weight.original0.mul_(2.0)
        assert not torch.allclose(folded(X), model(X), atol=1e-2)


class Doubling(nn.Module):
    """What a layer gives, and x -> 1 - a x^2 of it many times: chaotic for a above 1.4, which is the largest pixel."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.conv, self.norm, self.times = nn.Conv2d(1, 2, 3, bias=False), nn.BatchNorm2d(2), times

    def forward(self, x: Tensor) -> Tensor:
        first = y = torch.tanh(self.norm(self.conv(x)).flatten(1))
        a = x.abs().flatten(1).amax(1, keepdim=True).clamp(max=1.9)
        for _ in range(self.times):
            y = 1 - a * y * y
        return first + y


def test_inputs_that_rounding_alone_moves_are_left_out_and_the_others_still_tell() -> None:
    torch.manual_seed(0)
    model = Doubling(60).eval()
    model.norm.running_var.uniform_(0.3, 2.0)
    calm = 0.5 * X
    folded, rows = fold_batchnorm(model, calm)
    assert rows[0].action == "folded"
    with torch.no_grad():
        assert float((folded(calm) - model(calm)).abs().max()) < 1e-5
        wild = 4 * calm
        assert float((folded(wild) - model(wild)).abs().max()) > 0.1
        folded.get_submodule("conv").weight.mul_(1.01)
    assert first_difference(model, folded, calm) is not None
