"""The penalty on activity."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spikewright.experiments.data.load import Dataset, load_dataset
from spikewright.experiments.models.table import build
from spikewright.experiments.training.activity import share_active
from spikewright.experiments.training.run import TrainRecipe, train

RECIPE = TrainRecipe(epochs=4, batch_size=32, lr=0.02, activity=0.1, precision="bfloat16", seed=2)


@pytest.fixture(scope="module")
def few() -> Dataset:
    return load_dataset("digits").first(train=200, test=50)


@given(st.integers(1, 4), st.integers(1, 5), st.booleans(), st.integers(0, 99))
def test_share_active_is_the_formula_and_so_is_its_gradient(batch: int, size: int, last: bool, seed: int) -> None:
    start = torch.rand(batch, 3, size, size, generator=torch.Generator().manual_seed(seed)).sub(0.2).relu() + 0.1
    layout = torch.channels_last if last else torch.contiguous_format
    output = start.contiguous(memory_format=layout).requires_grad_()
    flat = output.flatten(1)
    formula = (flat.sum(1).square() / (flat.shape[1] * flat.square().sum(1))).mean()
    share = share_active(output)
    assert torch.allclose(share, formula) and 0 < share <= 1 + 1e-6
    (wanted,), (got,) = torch.autograd.grad(formula, output), torch.autograd.grad(3 * share, output)
    assert torch.allclose(got, 3 * wanted, atol=1e-5)


def test_share_active_at_its_ends() -> None:
    one = torch.zeros(2, 8)
    one[:, 3] = 5.0
    assert share_active(torch.full((2, 8), 3.0)) == pytest.approx(1.0)
    assert share_active(one) == pytest.approx(1 / 8)
    assert share_active(torch.zeros(2, 8)) == 0


def test_the_penalty_makes_outputs_sparse(few: Dataset) -> None:
    shares = []
    for activity in (0.0, 1.0):
        model = build("small_cnn", seed=1)
        train(model, few, replace(RECIPE, epochs=6, lr=0.05, activity=activity))
        images = torch.from_numpy(few.test_images)
        shares.append(float(share_active(nn.Sequential(*list(model)[:2])(images).detach())))
    assert shares[1] < 0.8 * shares[0]
