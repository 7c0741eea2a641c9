"""Pruning, quantisation and every order of the two: masks hold, integers are the weights, nothing collapses to zero."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import (
    Compressed,
    PruneSettings,
    QuantizedReLU,
    QuantizeSettings,
    TrainSettings,
    learned_thresholds,
    load,
    prune,
    quantize,
    save,
)
from spikewright.compress.pruners.patterns import magnitude_masks
from spikewright.compress.quantisers.integers import to_values

SHORT = TrainSettings(epochs=1, batch_size=16)
PRUNE = PruneSettings(rounds=2, final_epochs=1, training=SHORT)
QUANTIZE = QuantizeSettings(training=SHORT)


class Small(nn.Module):
    """A convolution that is called twice, batch norm, functional ReLU and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.block = nn.Conv2d(4, 4, 3, padding=1)
        self.out = nn.Linear(4 * 4 * 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.norm(self.stem(x)))
        x = torch.relu(self.block(torch.relu(self.block(x))))
        return self.out(F.avg_pool2d(x, 2).flatten(1))


def make(seed: int = 0) -> tuple[nn.Module, tuple[torch.Tensor, torch.Tensor]]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        images = torch.rand(48, 1, 8, 8)
        return Small(), (images, torch.randint(0, 3, (48,)))


def check(result: Compressed) -> None:
    """What must hold for every Compressed, whatever made it."""
    layers = dict(result.model.named_modules())
    for path, mask in result.masks.items():
        assert not layers[path].weight[~mask].any()
    for path, (codes, scale) in result.integers.items():
        limit = 2 ** (result.bits[path] - 1) - 1
        assert codes.dtype == np.int8 and np.abs(codes).max() <= limit and scale.shape == codes.shape[:1]
        assert torch.equal(to_values(torch.tensor(codes), torch.tensor(scale)), layers[path].weight)
    assert all(layer.kept > 0 for layer in result.footprint.layers)
    assert not any("parametrizations" in name for name in result.model.state_dict())


def dead(result: Compressed) -> int:
    return sum(int((mask == 0).sum()) for mask in result.masks.values())


STEPS = {
    "prune 0.5": lambda model, data: prune(model, 0.5, data, settings=PRUNE),
    "prune 0.8": lambda model, data: prune(model, 0.8, data, settings=PRUNE),
    "quantize 4": lambda model, data: quantize(model, 4, data, settings=QUANTIZE),
    "quantize 2, 3": lambda model, data: quantize(model, 2, data, activation_bits=3, settings=QUANTIZE),
}


@settings(max_examples=12)
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=3), st.integers(0, 100))
def test_every_order_keeps_masks_and_integers(names: list[str], seed: int) -> None:
    model, data = make(seed)
    result = model
    for name in names:
        before = result
        result = STEPS[name](result, data)
        check(result)
        if isinstance(before, Compressed):
            assert all(not result.masks[path][~mask].any() for path, mask in before.masks.items())
            assert set(before.integers) <= set(result.integers) and result.steps[: len(before.steps)] == before.steps
    asked = max([float(name[6:]) for name in names if name.startswith("prune")], default=0.0)
    total = sum(layer.weights for layer in result.footprint.layers)
    assert dead(result) == total - round((1 - asked) * total) if asked else dead(result) == 0


def test_methods_leave_their_input_alone_and_repeat_to_the_byte() -> None:
    model, data = make()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.random.get_rng_state()
    runs = [STEPS["quantize 2, 3"](STEPS["prune 0.8"](model, data), data) for _ in range(2)]
    assert torch.equal(state, torch.random.get_rng_state())
    assert model.training and all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    first, second = (run.model.state_dict() for run in runs)
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_every_relu_becomes_its_own_quantrelu_and_batch_norm_is_folded() -> None:
    model, data = make()
    result = STEPS["quantize 2, 3"](model, data)
    quantised = [module for module in result.model.modules() if isinstance(module, QuantizedReLU)]
    assert len(quantised) == 3 and all(module.levels == 7 for module in quantised)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in result.model.modules())
    assert "norm folded, into stem" in result.steps[0] and "2-bit weights" in result.steps[1]
    again = quantize(result, 2, data, activation_bits=2, settings=QUANTIZE)
    assert [module.levels for module in again.model.modules() if isinstance(module, QuantizedReLU)] == [3, 3, 3]


def test_without_data_nothing_is_tuned_and_it_says_so() -> None:
    model, _ = make()
    model.norm = nn.Identity()
    result = quantize(prune(model, 0.6), 5)
    check(result)
    assert "not fine-tuned (no data)" in result.steps[0] and "not fine-tuned" in result.steps[1]
    assert torch.equal(result.model.out.bias, model.out.bias)


@given(st.floats(0, 0.9), st.sampled_from(["global", "layer"]), st.integers(0, 50))
def test_masks_keep_the_largest_and_a_minimum(sparsity: float, scope: str, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    weights = {name: torch.randn(4, size, generator=generator) * size for name, size in (("a", 15), ("b", 40))}
    masks = magnitude_masks(weights, {name: torch.rand(w.shape) < 2 for name, w in weights.items()}, sparsity, scope)
    for name, mask in masks.items():
        assert int(mask.sum()) >= 4
        if mask.any() and not mask.all():
            assert float(weights[name][mask].abs().min()) >= float(weights[name][~mask].abs().max())
    kept = sum(int(mask.sum()) for mask in masks.values())
    assert kept == (round((1 - sparsity) * 220) if scope == "global" else kept)


def test_a_layer_at_its_minimum_is_reported() -> None:
    model = nn.Sequential(nn.Linear(20, 10), nn.ReLU(), nn.Linear(10, 4))
    with torch.no_grad():
        model[2].weight *= 1e-6
    result = prune(model, 0.9)
    assert int(result.masks["2"].sum()) == 4 and "minimum of one weight per output: 2" in result.steps[0]


def test_the_perturbation_and_the_progress_are_used() -> None:
    model, data = make()
    seen: list[tuple[str, int, int]] = []
    calls: list[bool] = []

    def noise(net: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        calls.append(net.training)
        return x + 0.1

    chosen = PruneSettings(rounds=2, final_epochs=1, training=SHORT, perturb=noise)
    prune(model, 0.5, data, settings=chosen, progress=lambda *state: seen.append(state))
    assert len(calls) == 6 and not any(calls)
    assert seen[-1] == ("prune 2/2", 3, 3)
    quantize(model, 4, data, settings=QUANTIZE, progress=lambda *state: seen.append(state))
    assert seen[-1] == ("quantize", 3, 3)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda model, data: prune(model, 1.0, data), "sparsity"),
        (lambda model, data: prune(model, -0.1, data), "sparsity"),
        (lambda model, data: prune(model, 0.99, data, settings=PRUNE), "at most"),
        (lambda model, data: quantize(model, 9, data), "bits"),
        (lambda model, data: quantize(model, 4, data, activation_bits=0), "activation_bits to be"),
        (lambda model, data: quantize(model, 4, None, activation_bits=3), "data"),
        (lambda model, data: quantize(model, 4, (data[0], data[1] + 1), settings=QUANTIZE), "labels from 0 to 2"),
        (lambda model, data: prune(model, 0.5, (data[0], data[1][:5])), "labels"),
        (lambda model, data: prune(model, 0.5, (data[0] * float("nan"), data[1])), "finite images"),
        (lambda model, data: prune(nn.ReLU(), 0.5), "convolution or linear"),
        (lambda model, data: PruneSettings(scope="channel"), "scope"),
        (lambda model, data: QuantizeSettings(scale="median"), "scale"),
        (lambda model, data: prune(model, "0.5"), "sparsity to be a number of at least 0 and below 1"),
        (lambda model, data: prune(model, torch.tensor(0.5)), "sparsity to be a number of at least 0 and below 1"),
        (lambda model, data: PruneSettings(rounds=1.5), "rounds to be a whole number"),
        (lambda model, data: PruneSettings(spare="stem"), r"try spare=\('stem',\)"),
        (
            lambda model, data: prune(model, 0.5, settings=QUANTIZE),
            r"settings=PruneSettings\(...\), got QuantizeSettings",
        ),
        (lambda model, data: quantize(model, 4, data, settings=SHORT), r"QuantizeSettings\(...\), got TrainSettings"),
        (lambda model, data: QuantizeSettings(calibration=1.5), "calibration to be a whole number"),
        (lambda model, data: QuantizeSettings(input_shape=64), "shape of one image"),
        (lambda model, data: TrainSettings(epochs=1.5), "epochs to be a whole number"),
        (lambda model, data: TrainSettings(lr="small"), "lr to be a number above 0"),
        (lambda model, data: learned_thresholds(model, data), "level, got tuple"),
    ],
)
def test_bad_input_is_named(call, reason: str) -> None:  # type: ignore[no-untyped-def]
    model, data = make()
    with pytest.raises(InvalidInput, match=reason):
        call(model, data)


def test_integers_of_numpy_are_integers(tmp_path: Path) -> None:
    model, data = make()
    untuned = QuantizeSettings(training=TrainSettings(epochs=np.int64(0)))
    small = quantize(model, np.int64(3), data, activation_bits=np.int32(2), settings=untuned)
    save(small, tmp_path / "small")
    plain = quantize(model, 3, data, activation_bits=2, settings=untuned)
    assert torch.equal(load(tmp_path / "small", model)(data[0]), plain(data[0]))


def test_weights_that_are_shared_are_refused_and_computed_ones_baked_in() -> None:
    tied = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    tied[1].weight = tied[0].weight
    computed = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(4, 4)))
    with pytest.raises(InvalidInput, match="one tensor in 0 and 1"):
        prune(tied, 0.5)
    assert "baked in" in prune(computed, 0.5).steps[0]


def test_the_layer_of_the_logits_has_one_scale() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3), nn.Softmax(dim=1))
    data = (torch.rand(32, 6), torch.randint(0, 3, (32,)))
    small = quantize(model, bits=4, data=data, settings=QuantizeSettings(training=TrainSettings(epochs=1)))
    hidden, answer = (scale for _, scale in small.integers.values())
    assert len(set(hidden.tolist())) == 5
    assert len(set(answer.tolist())) == 1
