"""A small CNN for the digits, trained in seconds, and the spiking networks that it becomes by hand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from spikewright.robustness import AnnPredictor, SnnPredictor
from spikewright.snn import (
    IF,
    Conv2d,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Ramp,
    Source,
    TtfsCode,
    dense,
)


@dataclass(frozen=True, eq=False)
class Digits:
    """A trained model, the test images in [0, 1] with their labels, and images from the training split."""

    model: nn.Sequential
    images: Tensor
    labels: Tensor
    train_images: Tensor


def train_small() -> Digits:
    """Digits 8 x 8, two thirds of them for training; convolution, convolution, linear; about 97 % on the rest."""
    bunch = load_digits()
    images = torch.tensor(bunch.images / 16.0, dtype=torch.float32)[:, None]
    labels = torch.tensor(bunch.target, dtype=torch.int64)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    train, test = order[:1200], order[1200:]
    torch.manual_seed(0)
    layers = (nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU())
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(256, 10))
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(12):
        shuffled = train[torch.randperm(len(train), generator=torch.Generator().manual_seed(epoch))]
        for rows in shuffled.split(64):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(images[rows]), labels[rows]).backward()
            optimiser.step()
    return Digits(model.eval(), images[test], labels[test], images[train])


def activations(digits: Digits) -> list[Tensor]:
    """The 99.9 % quantile of what the two ReLUs give, for each channel."""
    with torch.no_grad():
        first = digits.model[1](digits.model[0](digits.train_images))
        second = digits.model[3](digits.model[2](first))
    return [a.transpose(0, 1).flatten(1).quantile(0.999, dim=1).clamp(min=0.1) for a in (first, second)]


def as_numpy(tensor: Tensor) -> np.ndarray[Any, Any]:
    return tensor.detach().numpy().astype(np.float32)


def build_network(digits: Digits, code: Direct | TtfsCode) -> Network:
    """Rate: a spike of channel c stands for threshold c, folded into the next weights. Time: windows as wide as the
    largest value.
    """
    model, scales = digits.model, activations(digits)
    timed = isinstance(code, TtfsCode)
    ones = [torch.full_like(s, 1.0) for s in scales]
    first, second = ones if timed else scales
    neurons = [Ramp(float(s.max())) if timed else IF(as_numpy(s)) for s in scales]
    initial = [0.0 if timed else as_numpy(s / 2) for s in scales]
    last = model[5].weight.reshape(10, 16, 16) * second[None, :, None]
    populations = (
        Population("in", (1, 8, 8), Source()),
        Population("a", (8, 8, 8), neurons[0], as_numpy(model[0].bias), initial[0]),
        Population("b", (16, 4, 4), neurons[1], as_numpy(model[2].bias), initial[1]),
        Population("out", (10,), Integrator(), as_numpy(model[5].bias)),
    )
    projections = (
        Projection("in", "a", Conv2d(dense(as_numpy(model[0].weight)), padding=(1, 1))),
        Projection("a", "b", Conv2d(dense(as_numpy(model[2].weight * first[None, :, None, None])), (2, 2), (1, 1))),
        Projection("b", "out", Linear(dense(as_numpy(last.reshape(10, 256))))),
    )
    return Network(populations, projections, "in", "out", code, logit_scale=1.0 / code.steps)


@pytest.fixture(scope="session")
def digits() -> Digits:
    return train_small()


@pytest.fixture(scope="session")
def rate_network(digits: Digits) -> Network:
    return build_network(digits, Direct(7))


@pytest.fixture(scope="session")
def ttfs_network(digits: Digits) -> Network:
    return build_network(digits, TtfsCode())


@pytest.fixture(scope="session")
def ann(digits: Digits) -> AnnPredictor:
    return AnnPredictor(digits.model)


@pytest.fixture(scope="session")
def snn(rate_network: Network) -> SnnPredictor:
    return SnnPredictor(rate_network)


@pytest.fixture(scope="session")
def ttfs(ttfs_network: Network) -> SnnPredictor:
    return SnnPredictor(ttfs_network, "TTFS")
