"""Pruning, quantisation and every order of the two: masks hold, integers are the weights, nothing collapses to zero."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import (
    Compressed,
    PruneSettings,
    QuantizeSettings,
    TrainSettings,
    learned_thresholds,
    prune,
    quantize,
)
from tests.compress.small_network import PRUNE, QUANTIZE, SHORT, check, dead, make

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


def test_without_data_nothing_is_tuned_and_it_says_so() -> None:
    model, _ = make()
    model.norm = nn.Identity()
    result = quantize(prune(model, 0.6), 5)
    check(result)
    assert "not fine-tuned (no data)" in result.steps[0] and "not fine-tuned" in result.steps[1]
    assert torch.equal(result.model.out.bias, model.out.bias)


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
