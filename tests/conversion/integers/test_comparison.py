"""Pools in integer networks: both sides have the same logits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.conversion import Exact, Quantized, convert, exact, verify
from spikewright.snn import simulate
from spikewright.weights import stored_values
from tests.conversion.architectures import Case, images, seq
from tests.conversion.quantised import SCHEDULES, on_grid, small
from tests.conversion.spelled import SPELLED


class Middle(nn.Module):
    """relu(conv(x)), a pool, and what reads it: a linear layer, or a convolution with a ReLU and a linear layer."""

    def __init__(self, pool: Callable[[Tensor], Tensor], *, length: bool = False, deep: bool = False) -> None:
        super().__init__()
        self.conv: nn.Module = nn.Conv1d(1, 4, 3) if length else nn.Conv2d(1, 4, 3, padding=1)
        self.next: nn.Module = nn.Identity()
        if deep:
            self.next = seq((nn.Conv1d if length else nn.Conv2d)(4, 3, 3, padding=1), nn.ReLU())
        self.pool = pool
        hidden = self.next(pool(torch.rand(2, 4, 18) if length else torch.rand(2, 4, 8, 8))).flatten(1)
        self.fc = nn.Linear(hidden.shape[1], 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.next(self.pool(F.relu(self.conv(x)))).flatten(1))


OF_SEQUENCES: dict[str, Callable[[Tensor], Tensor]] = {
    "adaptive": lambda h: F.adaptive_avg_pool1d(h, 1),
    "adaptive to six": nn.AdaptiveAvgPool1d(6),
    "windows of two": nn.AvgPool1d(2),
    "windows that leave a rest": nn.AvgPool1d(4),
    "mean": lambda h: h.mean(-1, keepdim=True),
    "max": nn.MaxPool1d(2),
    "max over the end": nn.MaxPool1d(4, 3, ceil_mode=True),
    "every third": lambda h: h[:, :, 1::3],
}


OF_MAPS: dict[str, Callable[[Tensor], Tensor]] = {
    "max over the end": nn.MaxPool2d(3, 2, ceil_mode=True),
    "max over the end, padded": nn.MaxPool2d(3, 3, 1, ceil_mode=True),
    "max over rows at the end": nn.MaxPool2d((3, 2), (3, 2), ceil_mode=True),
    "every second": lambda h: h[:, :, ::2, 1::2],
    "maxima of every second": lambda h: F.max_pool2d(h[:, :, ::2, ::2], 2),
    "channels of zeros": lambda h: F.pad(h[:, 1:3], (0, 0, 0, 0, 1, 1)),
    "rows, averaged": lambda h: h.mean(3, keepdim=True),
}


TABLE = [
    *((name, pool, True) for name, pool in OF_SEQUENCES.items()),
    *((name, pool, False) for name, pool in OF_MAPS.items()),
]


KINDS = [
    (f"{name}{', deep' if deep else ''}{' (1d)' if length else ''}", pool, length, deep)
    for name, pool, length in TABLE
    for deep in ((True,) if name.startswith("max") else (False, True))
    if not (deep and name == "windows that leave a rest")
]


def case_of(pool: Callable[[Tensor], Tensor], length: bool, deep: bool) -> Case:
    return Case(lambda: Middle(pool, length=length, deep=deep), (1, 20) if length else (1, 8, 8))


@pytest.mark.parametrize(("name", "pool", "length", "deep"), KINDS, ids=[kind[0] for kind in KINDS])
def test_spikes_give_the_logits_of_the_integer_cnn(name: str, pool: Any, length: bool, deep: bool) -> None:
    case = case_of(pool, length, deep)
    model, x = small(case), on_grid(case)
    pair = exact(model, images(case), SCHEDULES[len(name) % 2])
    found = verify(pair, x.numpy())
    assert found.equal.all() and found.settled.all(), found
    real = simulate(convert(model, x, Quantized()), x.numpy()).logits
    with torch.no_grad():
        np.testing.assert_allclose(real, model.model(x).numpy(), rtol=1e-4, atol=1e-4)
    whole = [stored_values(q.synapse.weights).dtype.kind for q in pair.cnn.projections if q.synapse.weights is not None]
    assert set(whole) <= {"i"}


def test_the_shortcut_without_parameters_is_exact() -> None:
    case = SPELLED["shortcut A"]
    pair = exact(small(case), images(case), Exact())
    assert verify(pair, on_grid(case).numpy()).equal.all()
