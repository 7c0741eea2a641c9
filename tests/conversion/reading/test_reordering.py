"""Values in an order that no weights say: read on the projection, exact in every code, also of concatenations and sums."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Quantized, Rate, Ttfs, Unconvertible, convert
from spikewright.snn import Network, simulate
from spikewright.weights import unscaled
from tests.conversion.reading.helpers import plan_for

Step = Callable[[Tensor], Tensor]
AROUND = (1, 1, 1, 1)


class Stepped(nn.Module):
    """Two layers with a step between them."""

    def __init__(self, step: Step, layer: nn.Module, channels: int = 4) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.step, self.layer = nn.Conv2d(1, channels, 3), step, layer
        if isinstance(getattr(layer, "bias", None), Tensor):
            nn.init.constant_(layer.bias, 0.25)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.layer(self.step(torch.relu(self.first(x))))).flatten(1)


def doubled(h: Tensor) -> Tensor:
    return torch.cat([h, F.max_pool2d(h, 3, 1, 1)], 1)


STEPS: dict[str, tuple[Step, nn.Module]] = {
    "reflected": (lambda h: F.pad(h, AROUND, mode="reflect"), nn.Conv2d(4, 3, 3)),
    "replicated": (lambda h: F.pad(h, (1, 2, 0, 1), mode="replicate"), nn.Conv2d(4, 4, 3, groups=4)),
    "circular": (lambda h: F.pad(h, AROUND, mode="circular"), nn.Conv2d(4, 3, 3, stride=2)),
    "flipped": (lambda h: h.flip(2), nn.Conv2d(4, 3, 3)),
    "rolled": (lambda h: h.roll(2, 3), nn.Conv2d(4, 3, 3, padding=1)),
    "transposed": (lambda h: h.transpose(2, 3), nn.Conv2d(4, 3, (3, 1))),
    "rows as channels": (lambda h: h.transpose(1, 2), nn.Conv2d(6, 3, (3, 1))),
    "tiled": (lambda h: h.tile(1, 1, 2, 1), nn.Conv2d(4, 3, 3)),
    "repeated": (lambda h: h.repeat(1, 2, 1, 2), nn.Conv2d(8, 3, 3)),
    "each twice": (lambda h: h.repeat_interleave(2, 3), nn.Conv2d(4, 3, 3)),
    "pixel shuffle": (lambda h: F.pixel_shuffle(h, 2), nn.Conv2d(1, 3, 3)),
    "resized": (lambda h: F.interpolate(h, size=(9, 9)), nn.Conv2d(4, 3, 3, padding=1)),
    "maxima of reflected": (lambda h: F.max_pool2d(F.pad(h, AROUND, mode="reflect"), 2), nn.Conv2d(4, 3, 3)),
    "averages of reflected": (lambda h: F.avg_pool2d(F.pad(h, AROUND, mode="reflect"), 2), nn.Conv2d(4, 3, 3)),
    "reflected averages": (lambda h: F.pad(F.avg_pool2d(h, 2), AROUND, mode="reflect"), nn.Conv2d(4, 3, 3)),
    "reflected concatenation": (lambda h: F.pad(doubled(h), AROUND, mode="reflect"), nn.Conv2d(8, 4, 3, groups=4)),
    "shuffled concatenation": (lambda h: torch.channel_shuffle(doubled(h), 2).flip(3), nn.Conv2d(8, 4, 3)),
    "reflected zeros": (lambda h: F.pad(F.pad(h, AROUND), AROUND, mode="reflect"), nn.Conv2d(4, 3, 3)),
    "constants": (lambda h: F.pad(h.flip(2), AROUND, value=0.5).flip(3), nn.Conv2d(4, 3, 3)),
    "both signs": (lambda h: F.pad(h - 0.3, AROUND, mode="reflect"), nn.Conv2d(4, 3, 3)),
    "activated": (lambda h: torch.relu(F.pad(h - 0.3, AROUND, mode="reflect")), nn.Conv2d(4, 3, 3)),
    "added to itself": (lambda h: h + h.flip(2), nn.Conv2d(4, 3, 3)),
    "borders of a layer": (lambda h: h, nn.Conv2d(4, 3, 3, padding=1, padding_mode="reflect")),
    "borders of another layer": (
        lambda h: h.flip(2),
        nn.Conv2d(4, 4, 3, padding="same", padding_mode="circular", groups=2),
    ),
    "stacked": (lambda h: torch.stack([h[:, 0::2], h[:, 1::2].flip(2)], 2).flatten(1, 2), nn.Conv2d(4, 3, 3)),
    "side by side": (lambda h: torch.cat([h, F.max_pool2d(h, 3, 1, 1).flip(3)], 3), nn.Conv2d(4, 3, 3)),
    "reshaped": (lambda h: h.reshape(-1, 2, 12, 6), nn.Conv2d(2, 3, 3)),
    "one row": (lambda h: h.flatten(2), nn.Conv1d(4, 3, 3)),
    "differences turned": (lambda h: (h - h.flip(1)).transpose(1, 2), nn.Conv2d(6, 3, 3, padding=1)),
    "maxima of differences": (lambda h: F.max_pool2d((h - h.flip(1)).flip(2).transpose(2, 3), 2), nn.Conv2d(4, 3, 3)),
    "maxima beside zeros": (
        lambda h: F.max_pool2d(F.pad(h - h.flip(1) - 0.5, (0, 2)).transpose(2, 3), 2),
        nn.Conv2d(4, 3, 3),
    ),
    "in front of a transposed convolution": (lambda h: h.flip(3), nn.ConvTranspose2d(4, 3, 2, stride=2)),
}


def answers(network: Network, x: Tensor) -> np.ndarray:
    return np.asarray(simulate(network, x).logits * network.logit_scale)


@pytest.mark.parametrize("name", STEPS)
def test_steps_that_no_weights_say_are_read_in_their_order(name: str) -> None:
    step, layer = STEPS[name]
    plan = plan_for(Stepped(step, layer), 1, 8, 8)
    assert plan.ordered and set(plan.shapes) >= {one.name for one in plan.ordered}
    model, x = Stepped(step, layer).float().eval(), torch.rand(16, 1, 8, 8)
    wanted = model(x).detach().numpy()
    timed = convert(model, x, Ttfs(ranges="interval"), judge=False)
    np.testing.assert_allclose(answers(timed, x), wanted, atol=1e-5 * np.abs(wanted).max())
    counted = convert(model, x, Rate(steps=8, input_levels=15), judge=False)
    assert any(row.detail.startswith("order: ") for row in counted.report)
    fixed = counted.to_fixed()
    np.testing.assert_array_equal(simulate(fixed, x).logits, simulate(fixed, x, engine="reference").logits)


TURNED: dict[str, tuple[Step, nn.Module]] = {
    "depthwise behind a shuffle": (
        lambda h: torch.channel_shuffle(h, 2),
        nn.Sequential(nn.Conv2d(4, 8, 3, groups=4), nn.ReLU(), nn.Conv2d(8, 3, 1)),
    ),
    "linear layers over channels": (
        lambda h: h.permute(0, 2, 3, 1),
        nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)),
    ),
}


@pytest.mark.parametrize("name", TURNED)
def test_units_in_an_order_of_their_own_are_measured_channel_by_channel(name: str) -> None:
    """Channels of very different sizes: thresholds of other channels would show."""
    step, layers = TURNED[name]
    model = Stepped(step, nn.Sequential(layers, nn.Identity())).float().eval()
    middle = layers[0]  # type: ignore[index]
    middle.weight.data *= torch.logspace(-1, 1, len(middle.weight)).reshape(-1, *[1] * (middle.weight.ndim - 1))
    middle.bias.data = torch.logspace(-1, 1, len(middle.weight)) / 2
    nn.init.constant_(layers[2].bias, 1.0)  # type: ignore[index]
    x = torch.rand(32, 1, 8, 8)
    wanted = model(x).detach().numpy()
    network = convert(model, x, Rate(steps=64), judge=False)
    unit = next(p for p in network.populations if np.ndim(getattr(p.neuron, "threshold", 0.0)) and p.name != "first")
    threshold = np.asarray(unit.neuron.threshold)  # type: ignore[attr-defined]
    assert threshold.max() > 10 * threshold.min()
    assert np.abs(answers(network, x) - wanted).max() < 0.05 * np.abs(wanted).max()
    np.testing.assert_allclose(
        answers(convert(model, x, Ttfs(), judge=False), x), wanted, atol=1e-4 * np.abs(wanted).max()
    )


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_drawn_selections_and_layers(data: st.DataObject) -> None:
    """Any rows, columns and channels, several times or not at all, then a convolution: equal as a plan, in time and in counts."""
    channels, rows, columns = (
        data.draw(st.lists(st.integers(0, size - 1), min_size=low, max_size=6))
        for size, low in ((4, 1), (6, 3), (6, 3))
    )
    groups = data.draw(st.sampled_from([1, len(channels)]))
    padding, stride = data.draw(st.integers(0, 1)), data.draw(st.integers(1, 2))
    axes = data.draw(st.sampled_from([(0, 1, 2, 3), (0, 1, 3, 2)]))

    def step(h: Tensor) -> Tensor:
        return h[:, channels][:, :, rows][:, :, :, columns].permute(axes)

    layer = nn.Conv2d(len(channels), 2 * groups, 3, stride, padding, groups=groups)
    plan_for(Stepped(step, layer), 1, 8, 8)
    model, x = Stepped(step, layer.float()).eval(), torch.rand(4, 1, 8, 8)
    wanted = model(x).detach().numpy()
    scale = max(np.abs(wanted).max(), 1e-3)
    timed = convert(model, x, Ttfs(ranges="interval"), judge=False)
    np.testing.assert_allclose(answers(timed, x), wanted, atol=1e-5 * scale)
    counted = convert(model, x, Rate(steps=128, per_channel=False, calibration=None), judge=False)
    np.testing.assert_allclose(answers(counted, x), wanted, atol=0.05 * scale + 0.02)
    fixed = convert(model, x, Rate(steps=4, input_levels=15, calibration=None), judge=False).to_fixed()
    np.testing.assert_array_equal(simulate(fixed, x).logits, simulate(fixed, x, engine="reference").logits)


def test_windows_that_reach_over_the_end_of_signed_values() -> None:
    """ceil_mode repeats the last row and column, which a gate reads twice; no other population is needed for that."""
    layers = (nn.Conv2d(2, 4, 2), nn.BatchNorm2d(4), nn.MaxPool2d(2, ceil_mode=True))
    model, x = nn.Sequential(*layers).eval(), torch.rand(16, 2, 8, 8)
    network = convert(model, x, Ttfs(ranges="interval"), judge=False)
    assert [q.name for q in network.projections if q.order is not None] == ["_0->_2"]
    wanted = model(x).flatten(1).detach().numpy()
    np.testing.assert_allclose(answers(network, x).reshape(16, -1), wanted, atol=1e-5)


def test_a_blur_behind_a_border_is_never_negative() -> None:
    """Weights that are not negative over values that are not: a population of its own needs no shift, whose bound may be huge."""
    blur = nn.Conv2d(4, 4, 3, groups=4, bias=False)
    nn.init.constant_(blur.weight, 1 / 9)
    layers = (blur, nn.Conv2d(4, 3, 3, padding=1))
    model = Stepped(lambda h: F.pad(h, AROUND, mode="reflect"), nn.Sequential(*layers)).eval()
    network = convert(model, torch.rand(4, 1, 8, 8), Ttfs(ranges="interval"), judge=False)
    assert all(p.below is None for p in network.populations)


def test_channels_that_are_mixed_have_one_threshold() -> None:
    model, x = Stepped(lambda h: h.transpose(1, 2), nn.Conv2d(6, 3, (3, 1))).eval(), torch.rand(16, 1, 8, 8)
    counted = convert(model, x, Rate(steps=16), judge=False)
    assert np.ndim(counted.by_name["first"].neuron.threshold) == 0  # type: ignore[attr-defined]
    with pytest.raises(InvalidInput, match="read in an order that mixes them"):
        convert(model, x, Rate(steps=16, per_channel=True))
    apart = convert(Stepped(lambda h: h.flip(2), nn.Conv2d(4, 3, 3)).eval(), x, Rate(steps=16), judge=False)
    assert np.shape(apart.by_name["first"].neuron.threshold) == (4,)  # type: ignore[attr-defined]


def test_integers_travel_in_any_order() -> None:
    step, layer = STEPS["reflected"]
    x, none = torch.rand(16, 1, 8, 8), QuantizeSettings(training=TrainSettings(epochs=0))
    data = (x, torch.zeros(16, dtype=torch.int64))
    small = quantize(Stepped(step, layer.float()).eval(), 4, data, activation_bits=4, settings=none)
    network = convert(small, x, Quantized(), judge=False)
    kept = [unscaled(q.synapse.weights)[0].real for q in network.projections if q.order is not None]  # type: ignore[arg-type]
    assert kept == [False]
    wanted = small.model(x).detach().numpy()
    np.testing.assert_allclose(answers(network, x), wanted, atol=2e-2 * np.abs(wanted).max())


def test_shapes_that_no_population_has_are_refused() -> None:
    model = Stepped(lambda h: torch.relu(h.reshape(-1, 2, 2, 6, 6) - 0.5).flatten(1, 2), nn.Conv2d(4, 3, 3))
    with pytest.raises(Unconvertible, match="reshape"):
        convert(model.eval(), torch.rand(16, 1, 8, 8), Ttfs())
