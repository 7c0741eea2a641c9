"""The training loop: same seed same bytes, resuming equals not stopping, wrong data is named."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import FitState, Hooks, TrainSettings, accuracy, fit


def make() -> tuple[nn.Module, tuple[torch.Tensor, torch.Tensor]]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))
        images = torch.randn(97, 6)  # 97 = 3 * 32 + 1: the last batch must not be a single sample
        return model, (images, images[:, :3].argmax(1))


def same(one: nn.Module, two: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), two.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_it_learns_and_repeats_to_the_byte(optimizer: str) -> None:
    settings = TrainSettings(epochs=30, lr=0.02, batch_size=32, optimizer=optimizer, seed=5)
    models = []
    state = torch.random.get_rng_state()
    for shift in range(2):
        model, data = make()
        torch.manual_seed(shift)
        history = fit(model, data, settings)
        models.append(model)
    torch.random.set_rng_state(state)
    assert same(*models) and not models[0].training
    assert accuracy(models[0], data) > 0.9 and history[-1].loss < history[0].loss
    assert [row.epoch for row in history] == list(range(30))


def test_another_seed_gives_another_network() -> None:
    models = [make()[0] for _ in range(2)]
    for seed, model in enumerate(models):
        fit(model, make()[1], TrainSettings(epochs=1, seed=seed))
    assert not same(*models)


def test_resuming_equals_not_stopping() -> None:
    settings = TrainSettings(epochs=5, batch_size=32, seed=1)
    states: list[FitState] = []
    whole, data = make()
    history = fit(whole, data, settings, hooks=Hooks(after_epoch=states.append))
    rest, _ = make()
    assert fit(rest, data, settings, resume=states[1]) == history
    assert same(whole, rest)


def test_hooks_are_called() -> None:
    model, data = make()
    steps: list[tuple[str, int, int]] = []
    updates: list[int] = []
    hooks = Hooks(
        perturb=lambda net, x, y: x * 0,
        after_step=lambda net: updates.append(1),
        progress=lambda *state: steps.append(state),
        loss=lambda logits, y: logits.square().mean(),
        stage="here",
    )
    fit(model, data, TrainSettings(epochs=2, batch_size=32), hooks=hooks)
    assert steps == [("here", done + 1, 6) for done in range(6)] and len(updates) == 6


def test_numpy_data_is_taken_too() -> None:
    model, (images, labels) = make()
    fit(model, (images.numpy().astype(np.float64), labels.numpy().astype(np.int32)), TrainSettings(epochs=1))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda x, y: (x, y + 1), "labels from 0 to 2, got 1 to 3"),
        (lambda x, y: (x, y - 1), "labels from 0 to 2, got -1 to 1"),
        (lambda x, y: (x, y.float()), "integer labels"),
        (lambda x, y: (x[:3], y), "labels"),
        (lambda x, y: (x[:0], y[:0]), "at least one of images"),
        (lambda x, y: (x[:, :5], y), "fit the model"),
        (lambda x, y: (x / 0, y), "finite images"),
        (lambda x, y: x, "data="),
    ],
)
def test_wrong_data_is_named(spoil, reason: str) -> None:  # type: ignore[no-untyped-def]
    model, data = make()
    with pytest.raises(InvalidInput, match=reason):
        fit(model, spoil(*data), TrainSettings(epochs=1))


def test_a_diverging_run_stops() -> None:
    model, data = make()
    with pytest.raises(InvalidInput, match="finite"):
        fit(model, data, TrainSettings(epochs=50, lr=1e30, optimizer="sgd"))


@pytest.mark.parametrize(
    "wrong", [{"epochs": -1}, {"lr": 0.0}, {"batch_size": 0}, {"optimizer": "x"}, {"schedule": "x"}]
)
def test_wrong_settings_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        TrainSettings(**wrong)  # type: ignore[arg-type]


def test_places_several_labels_and_values_are_learned_with_their_own_loss() -> None:
    """A convolution of one pixel learns a rule about each pixel in each of the three ways."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        images = torch.rand(64, 2, 4, 4)
        made = [nn.Conv2d(2, 2, 1) for _ in range(3)]
    rule = (images[:, 0] > images[:, 1]).long()
    places = TrainSettings(epochs=40, lr=0.3, batch_size=16, ignored=255)
    skipped = torch.where(torch.arange(4) == 0, 255, rule)
    assert fit(made[0], (images, skipped), places)[-1].accuracy > 0.95  # type: ignore[operator]
    both = torch.stack([rule, 1 - rule], 1)
    assert fit(made[1], (images, both), replace(places, answers="multilabel", ignored=None))[-1].accuracy > 0.95  # type: ignore[operator]
    values = replace(places, answers="values", ignored=None)
    last = fit(made[2], (images, images.flip(1) + 1), values)[-1]
    assert last.loss < 1e-3 and last.accuracy is None


def test_an_objective_sees_images_answers_and_labels() -> None:
    seen: list[tuple[int, ...]] = []

    def objective(x: torch.Tensor, logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        seen.append((len(x), len(logits), len(y)))
        return torch.nn.functional.cross_entropy(logits, y)

    settings = TrainSettings(epochs=1, batch_size=48)
    one, data = make()
    other, _ = make()
    assert fit(one, data, settings, hooks=Hooks(objective=objective)) == fit(other, data, settings)
    assert same(one, other) and seen == [(48, 48, 48), (49, 49, 49)]
