"""Same seed, same bytes, whatever the number of threads that torch has; and the user's number is put back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress import TrainSettings, learned_thresholds, quantize
from spikewright.compress.quantisers.uniform import QuantizeSettings
from spikewright.compress.training.loop import fit
from spikewright.compress.training.threads import SMALL_MULTIPLICATIONS, multiplications, steady_threads
from spikewright.conversion import FineTune, Rate, Ttfs, convert, fine_tune
from spikewright.conversion.tuning.times import TimesTuning, tune_times
from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.models.table import build
from spikewright.experiments.training.run import TrainRecipe, train
from spikewright.snn.plain import to_plain

DIGITS = load_dataset("digits").first(128, 20)
DATA = (torch.from_numpy(DIGITS.train_images), torch.from_numpy(DIGITS.train_labels))


@contextmanager
def threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
        assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(before)


def trained() -> Any:
    model = build("small_cnn", seed=0)
    train(model, DIGITS, TrainRecipe(2, 32, 0.05, shift=1))
    return model.state_dict()


def fitted() -> Any:
    model = build("small_cnn", seed=0)
    fit(model, DATA, TrainSettings(epochs=1))
    return model.state_dict()


def quantised() -> Any:
    settings = QuantizeSettings(training=TrainSettings(epochs=1))
    return quantize(build("small_cnn", seed=0), 4, DATA, activation_bits=3, settings=settings).model.state_dict()


def thresholds() -> Any:
    return learned_thresholds(build("small_cnn", seed=0), 4, DATA[0]).state_dict()


def plain(network: Any) -> dict[str, torch.Tensor]:
    tensors: dict[str, Any] = {}
    to_plain(network, "", tensors)
    return {name: torch.tensor(value) for name, value in tensors.items()}


def converted() -> Any:
    return plain(convert(build("small_cnn", seed=0).eval(), DATA[0][:64], Rate(4, calibration="advanced")))


def tuned() -> Any:
    network = convert(build("small_cnn", seed=0).eval(), DATA[0][:64], Rate(3))
    return plain(fine_tune(network, (DATA[0][:64], DATA[1][:64]), FineTune(batch=32)))


def times() -> Any:
    network = convert(build("small_cnn", seed=0).eval(), DATA[0][:64], Ttfs())
    return plain(tune_times(network, DATA, TimesTuning()))


@pytest.mark.parametrize("work", [trained, fitted, quantised, thresholds, converted, tuned, times])
def test_bytes_do_not_depend_on_threads(work: Callable[[], dict[str, torch.Tensor]]) -> None:
    found = []
    for count in (1, 2, 3):
        with threads(count):
            found.append(work())
    assert found[0]
    for other in found[1:]:
        assert all(torch.equal(value, other[name]) for name, value in found[0].items()), work.__name__


class Functional(nn.Module):
    """Layers written as functions of parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel, self.matrix = nn.Parameter(torch.rand(8, 2, 3, 3)), nn.Parameter(torch.rand(8 * 36, 5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.conv2d(x, self.kernel, groups=2).flatten(1) @ self.matrix


def test_multiplications_are_counted_of_modules_and_functions() -> None:
    """8 x 36 outputs of 2 x 9 products, then 5 of 288."""
    x = torch.rand(1, 4, 8, 8)
    layers = nn.Sequential(nn.Conv2d(4, 8, 3, groups=2), nn.Flatten(), nn.Linear(8 * 36, 5))
    for model in (Functional(), layers):
        assert multiplications(lambda model=model: model(x)) == 8 * 36 * 18 + 5 * 288


class Counting(nn.Module):
    """A model that keeps something of each call."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer, self.norm, self.calls = nn.Linear(width, width), nn.BatchNorm1d(width), 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return self.norm(self.layer(x))


def test_a_large_network_keeps_the_user_s_threads_and_is_not_touched() -> None:
    for width, count in ((8, 1), (3200, 2)):
        model = Counting(width).train()
        with threads(2), steady_threads(model, torch.rand(3, width)) as used:
            assert used == torch.get_num_threads() == count
        assert model.training and model.calls == 0 and not model.norm.num_batches_tracked
    assert SMALL_MULTIPLICATIONS < 3200**2


def test_an_error_is_left_to_the_work_and_the_number_is_put_back() -> None:
    model = nn.Linear(3, 2)
    with threads(2):
        with pytest.raises(ZeroDivisionError), steady_threads(model, torch.rand(1, 99)) as used:
            assert used == 1
            raise ZeroDivisionError
