"""Networks with drawn linear maps between their layers: what the spiking network computes is what the model computes."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.conversion import Rate, Ttfs, convert
from spikewright.snn import Network, Separable2d, simulate

CLOSE = 1e-6
SIZE = st.integers(2, 9)
Map = Callable[[Tensor], Tensor]
BLURS = (torch.tensor([1.0, 2, 1]), torch.tensor([1.0, 3, 3, 1]), torch.tensor([1.0, 4, 6, 4, 1]))


def blurred(x: Tensor, taps: Tensor, stride: int, mode: str) -> Tensor:
    """A BlurPool: borders by `mode`, then one kernel for all channels."""
    pad, kernel = (len(taps) - 1) // 2, taps.outer(taps) / taps.sum() ** 2
    wide = F.pad(x, (pad, len(taps) // 2, pad, len(taps) // 2), mode)
    return F.conv2d(wide, kernel.expand(x.shape[1], 1, -1, -1), stride=stride, groups=x.shape[1])


@st.composite
def enlarged(draw: st.DrawFn) -> Map:
    mode = draw(st.sampled_from(["nearest", "nearest-exact", "bilinear", "area"]))
    more = {"align_corners": draw(st.booleans())} if mode == "bilinear" else {}
    if draw(st.booleans()) or mode == "area":
        size = draw(st.tuples(SIZE, SIZE))
        return lambda x: F.interpolate(x, size=size, mode=mode, **more)
    scale = draw(st.sampled_from([0.5, 1.5, 1.7, 2.0, (3.0, 0.5)]))
    return lambda x: F.interpolate(x, scale_factor=scale, mode=mode, **more)


@st.composite
def averaged(draw: st.DrawFn) -> Map:
    if draw(st.booleans()):
        size = draw(st.tuples(SIZE, SIZE))
        return lambda x: F.adaptive_avg_pool2d(x, size)
    kernel, stride, ceil, counted = (
        draw(st.integers(2, 3)),
        draw(st.integers(1, 3)),
        draw(st.booleans()),
        draw(st.booleans()),
    )
    padding, divisor = draw(st.integers(0, kernel // 2)), draw(st.sampled_from([None, None, 5]))
    return lambda x: F.avg_pool2d(x, kernel, stride, padding, ceil, counted, divisor)


@st.composite
def bordered(draw: st.DrawFn) -> Map:
    mode, stride = draw(st.sampled_from(["reflect", "replicate", "circular"])), draw(st.integers(1, 2))
    taps = draw(st.sampled_from(BLURS[:2]))
    return lambda x: blurred(x, taps, stride, mode) if min(x.shape[2:]) > 3 else x


MAPS = st.lists(st.one_of(enlarged(), averaged(), bordered()), min_size=1, max_size=2)


class Mapped(nn.Module):
    def __init__(self, maps: list[Map], size: int, padding: int, whole: bool) -> None:
        super().__init__()
        self.maps, self.whole = maps, whole
        self.first, self.second = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(3, 4, size, padding=padding)
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first(x))
        for step in self.maps:
            x = step(x)
        return self.fc(F.relu(self.second(x)).mean((2, 3))) if self.whole else x.flatten(1)


def compared(model: nn.Module, x: Tensor, recipe: Ttfs | Rate) -> tuple[float, Network]:
    """The largest difference of logits beside the largest logit, and the network."""
    network = convert(model, x, recipe, judge=False)
    with torch.no_grad():
        wanted = model(x).numpy()
    got = simulate(network, x.numpy()).logits.reshape(wanted.shape) * network.logit_scale
    return float(np.abs(got - wanted).max() / np.abs(wanted).max()), network


def drawn(maps: list[Map], size: int, padding: int, whole: bool) -> tuple[nn.Module, Tensor]:
    torch.manual_seed(0)
    model = Mapped(maps, size, padding, whole).eval()
    return model, torch.rand(16, 1, 7, 8)


@settings(max_examples=15, deadline=None)
@given(MAPS, st.integers(1, 3), st.integers(0, 1), st.booleans())
def test_times_are_exact(maps: list[Map], size: int, padding: int, whole: bool) -> None:
    model, x = drawn(maps, size, 1 if size == 3 else padding, whole)
    try:
        model(x)
    except RuntimeError:  # maps that are too small for the layer behind them
        assume(False)
    error, network = compared(model, x, Ttfs(ranges="interval"))
    assert error < CLOSE
    fast, slow = (simulate(network, x[:2].numpy(), engine=engine) for engine in (None, "reference"))
    np.testing.assert_allclose(fast.logits, slow.logits, rtol=1e-5, atol=1e-6)
    for name, operations in fast.synaptic_operations.items():
        np.testing.assert_array_equal(operations, slow.synaptic_operations[name])


FIXED: dict[str, Map] = {
    "bilinear": lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
    "corners": lambda x: F.interpolate(x, size=(9, 11), mode="bilinear", align_corners=True),
    "blur": lambda x: blurred(x, BLURS[0], 2, "reflect"),
    "wide blur": lambda x: blurred(x, BLURS[2], 1, "replicate"),
    "average that counts what is there": lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False),
    "average that reaches over the end": lambda x: F.avg_pool2d(x, 2, 2, ceil_mode=True, count_include_pad=False),
    "adaptive": lambda x: F.adaptive_avg_pool2d(x, (5, 3)),
    "a mean beside what it is of": lambda x: (
        x + F.interpolate(F.adaptive_avg_pool2d(x, 1), size=x.shape[2:], mode="bilinear")
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_counts_come_near_and_integers_nearly_as_near(name: str) -> None:
    model, x = drawn([FIXED[name]], 3, 1, True)
    few, many = (compared(model, x, Rate(steps=steps))[0] for steps in (16, 256))
    assert many < min(few, 0.01)
    _, network = compared(model, x, Ttfs(ranges="interval"))
    assert any(isinstance(q.synapse, Separable2d) or q.order is not None for q in network.projections)
    fixed = network.to_fixed(weight_bits=10)
    wanted = simulate(network, x.numpy()).logits * network.logit_scale
    got = simulate(fixed, x.numpy()).logits * fixed.logit_scale
    assert np.abs(got - wanted).max() < 0.02 * np.abs(wanted).max()
