"""Where other converters went wrong without a word: each of these is the model afterwards, or it is refused."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.conversion import Rate, Ttfs, Unconvertible, convert
from spikewright.snn import simulate
from tests.conversion.architectures import Case, images, lively, seq
from tests.conversion.verdicts import answer, relative


class Called(nn.Module):
    """A convolution, whatever `middle` does with it, and a linear layer on the mean of each channel."""

    def __init__(self, middle: Callable[[nn.Module, Tensor], Tensor]) -> None:
        super().__init__()
        self.conv, self.again, self.fc = nn.Conv2d(1, 6, 3), nn.Conv2d(6, 6, 3, padding=1), nn.Linear(6, 3)
        self.relu, self.norm, self.drop, self.middle = nn.ReLU(), nn.BatchNorm2d(6), nn.Dropout(), middle
        self.deep, self.biased = nn.Conv2d(6, 6, 3, groups=6), nn.Conv2d(6, 6, 1)
        nn.init.zeros_(self.biased.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.middle(self, self.conv(x)).mean((2, 3)))


def _changed(x: Tensor) -> Tensor:
    x.relu_()
    return x


def _reused(m: nn.Module, x: Tensor) -> Tensor:
    return m.relu(m.again(m.relu(m.again(m.relu(x)))))


SILENT: dict[str, Callable[[nn.Module, Tensor], Tensor]] = {
    "F.relu, no module": lambda m, x: F.relu(m.again(F.relu(x))),
    "ReLU6 is no ReLU": lambda m, x: F.relu6(m.again(F.relu6(20.0 * x))),
    "batch norm in front of a ReLU": lambda m, x: m.relu(m.norm(x)),
    "batch norm behind a ReLU, in front of padding": lambda m, x: m.relu(m.again(m.norm(m.relu(x)))),
    "batch norm that is called twice": lambda m, x: m.relu(m.norm(m.again(m.relu(m.norm(x))))),
    "one ReLU and one convolution for all": _reused,
    "residual sum": lambda m, x: m.relu(m.again(m.relu(x)) + m.relu(x)),
    "residual sum without a ReLU behind it": lambda m, x: m.again(m.relu(x)) + x,
    "average pool": lambda m, x: F.relu(m.again(F.avg_pool2d(F.relu(x), 2))),
    "average pool in front of the ReLU": lambda m, x: F.relu(F.avg_pool2d(x, 2)),
    "max pool": lambda m, x: F.relu(m.again(F.max_pool2d(F.relu(x), 2))),
    "max pool in front of the ReLU": lambda m, x: F.relu(F.max_pool2d(x, 2)),
    "depthwise convolution": lambda m, x: F.relu(m.deep(F.relu(x))),
    "a layer of biases": lambda m, x: F.relu(m.biased(F.relu(x)) + 0.1) + F.relu(x),
    "a scale that is negative": lambda m, x: F.relu(m.again(-0.5 * F.relu(x))),
    "a layer that is read twice": lambda m, x: F.relu(x) + F.relu(-x),
    "a leaky ReLU": lambda m, x: F.leaky_relu(m.again(F.leaky_relu(x, 0.2)), 0.2),
    "a value changed in place": lambda m, x: m.again(F.relu_(x)).add_(x).relu_(),
    "a value changed in place under another name": lambda m, x: _changed(m.drop(x)) + x,
    "in place by an argument without a name": lambda m, x: m.again(F.leaky_relu(x, 0.0, True)) + x,
}


@pytest.mark.parametrize("name", SILENT)
def test_it_is_the_model_or_it_is_refused(name: str) -> None:
    case = Case(lambda: seq(Called(SILENT[name])), (1, 8, 8))
    model, x = lively(case), images(case, 4)
    truth = answer(model, x)
    assert float((truth - truth.mean(0)).abs().max()) > 1e-3  # else nothing is shown
    for recipe, bound in ((Ttfs(ranges="interval"), 1e-4), (Rate(512, percentile=100.0), 0.1)):
        try:
            network = convert(model, x, recipe)
        except Unconvertible as refusal:
            assert isinstance(recipe, Ttfs) and "; try " in str(refusal)
            continue
        found = torch.from_numpy(simulate(network, x.numpy()).logits * network.logit_scale).double()
        assert relative(found, truth) < bound


class Overwritten(nn.Module):
    """A view is read after what it shows was overwritten."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 2, 3), nn.Linear(2 * 6 * 6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        flat = x.flatten(1)
        x.relu_()
        return self.fc(flat)


class Counting(nn.Module):
    """What it computes depends on how often it was called, which no graph shows."""

    calls = 0

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 2, 3), nn.Linear(2 * 6 * 6, 3)

    def forward(self, x: Tensor) -> Tensor:
        Counting.calls += 1
        return self.fc(F.relu(self.conv(x)).flatten(1)) * float(Counting.calls)


@pytest.mark.parametrize(
    ("model", "reason"), [(Overwritten(), "overwrites what"), (Counting(), "other outputs than the model itself")]
)
def test_what_a_graph_cannot_say_is_refused(model: nn.Module, reason: str) -> None:
    with pytest.raises(Unconvertible, match=reason):
        convert(model, torch.rand(4, 1, 8, 8), Ttfs())
