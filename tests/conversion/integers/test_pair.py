"""The integer CNN and its spikes have the same logits."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from spikewright.compress import PruneSettings, TrainSettings, prune, quantize
from spikewright.conversion import Exact, Quantized, convert, exact, spiking, verify
from spikewright.snn import simulate
from tests.conversion.architectures import CASES, Case, build, images, stacks
from tests.conversion.quantised import NO_TRAINING, SCHEDULES, on_grid, small
from tests.conversion.reading.test_halves import sloped
from tests.conversion.signs import Absolute

WHOLE = [
    "mlp", "mlp with norm", "lenet", "residual", "reused", "standardised", "constants", "twice", "depthwise",
    "groups and dilation", "pool that does not fill the map", "pooled input", "all convolutional", "ends in relu",
    "relu after flattening",
]  # fmt: skip


class SideBySide(nn.Module):
    """A concatenation of two layers of different depth and scale, then a maximum."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 3, 3, padding=1)
        self.third, self.fc = nn.Conv2d(7, 5, 3, padding=1), nn.Linear(5 * 4 * 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.first(x))
        x = torch.cat([x, F.relu(self.second(x))], 1)
        return self.fc(F.max_pool2d(F.relu(self.third(x)), 2).flatten(1))


def small_vgg() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 3, 3), nn.ReLU()),
        *(nn.AvgPool2d(3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(3, 3)),
    )


MORE = {"side by side": Case(SideBySide, (1, 8, 8)), "maxima and padded pools": Case(small_vgg, (1, 8, 8))}


@pytest.mark.parametrize("recipe", SCHEDULES, ids=["layerwise", "synchronous", "window of 4"])
@pytest.mark.parametrize("name", [*WHOLE, *MORE])
def test_spikes_give_the_logits_of_the_integer_cnn(name: str, recipe: Exact) -> None:
    case = (CASES | MORE)[name]
    pair = exact(small(case), images(case), recipe)
    found = verify(pair, images(case, 12).numpy())
    assert found.equal.all() and found.settled.all(), found
    assert found.steps.max() <= pair.latency_steps
    np.testing.assert_array_equal(found.cnn_predictions, found.snn_predictions)
    wanted = simulate(pair.cnn, images(case, 12).numpy(), engine="reference").logits
    np.testing.assert_array_equal(simulate(pair.snn, images(case, 12).numpy(), engine="reference").logits, wanted)
    assert wanted.dtype.kind == "i"


@settings(max_examples=25)
@given(stacks(), st.integers(2, 8), st.sampled_from([1, 2, 3, 4]), st.sampled_from(SCHEDULES))
def test_random_stacks_are_exact(case: Case, bits: int, activation_bits: int, recipe: Exact) -> None:
    pair = exact(small(case, bits, activation_bits), images(case), recipe)
    assert verify(pair, images(case).numpy()).equal.all()


def test_convert_gives_the_same_networks() -> None:
    model, x = small(CASES["lenet"]), images(CASES["lenet"])
    pair = exact(model, x, Exact("synchronous"))
    again = convert(model, x, Exact("synchronous"))
    cnn = convert(model, x, Quantized(integer=True))
    batch = x.numpy()
    assert again.numbers == cnn.numbers == "fixed"
    np.testing.assert_array_equal(simulate(again, batch).logits, simulate(pair.snn, batch).logits)
    np.testing.assert_array_equal(simulate(cnn, batch).logits, simulate(pair.cnn, batch).logits)
    # A quantised network that goes to fixed point by hand is that integer CNN, too.
    by_hand = convert(model, x, Quantized(255)).to_fixed()
    np.testing.assert_array_equal(simulate(spiking(by_hand), batch).logits, simulate(pair.cnn, batch).logits)


def test_counts_stand_for_the_activations() -> None:
    """Amplitude times count is the activation of the quantised model, in units of the window's charge."""
    case = CASES["lenet"]
    model, x = small(case, bits=8), on_grid(case)
    first = next(layer for layer in model.model.modules() if isinstance(layer, nn.Conv2d))
    with torch.no_grad():
        wanted = first(x).clamp(min=0).numpy()
    for recipe in SCHEDULES:
        snn = exact(model, x, recipe).snn
        sent = simulate(snn, x.numpy(), record=("rasters",)).rasters["_0"].sum(0)
        level = float(np.max(snn.by_name["_0"].amplitude)) / recipe.window
        top = 7 * level
        assert np.abs(sent * level - np.minimum(wanted, top)).max() <= 0.51 * level


def test_pruned_weights_stay_unstored() -> None:
    """Pruned, quantised, integer, spiking: the zeros that were not stored still are not."""
    case = CASES["lenet"]
    data = (images(case, 16), torch.zeros(16, dtype=torch.int64))
    pruned = prune(build(case), 0.8, data, settings=PruneSettings(training=TrainSettings(epochs=0)))
    model = quantize(pruned, 4, data, activation_bits=2, settings=NO_TRAINING)
    for recipe in SCHEDULES:
        pair = exact(model, images(case), recipe)
        assert verify(pair, images(case).numpy()).equal.all()
        for one, other in zip(pair.cnn.projections, pair.snn.projections, strict=True):
            assert type(one.synapse.weights) is type(other.synapse.weights)
        assert any(p.synapse.weights.stored < p.synapse.weights.size for p in pair.snn.projections)


ACTS: dict[str, Callable[[list[float]], nn.Module]] = {
    "prelu": lambda slopes: sloped(*slopes),
    "leaky": lambda slopes: nn.LeakyReLU(slopes[0]),
    "rrelu": lambda slopes: nn.RReLU(0.1, 0.3),
    "abs": lambda slopes: Absolute(),
    "hardtanh": lambda slopes: nn.Hardtanh(-0.5, 0.25),
    "max": lambda slopes: nn.Hardtanh(slopes[0], float("inf")),
    "min": lambda slopes: nn.Hardtanh(-float("inf"), slopes[0]),
    "relu6": lambda slopes: nn.ReLU6(),
}


@st.composite
def signed_networks(draw: st.DrawFn) -> nn.Module:
    """A small network of activations of both signs, of slopes of any size, with or without max pooling around them."""
    torch.manual_seed(draw(st.integers(0, 99)))
    layers: list[nn.Module] = []
    for depth in range(2):
        act = ACTS[draw(st.sampled_from(sorted(ACTS)))](draw(st.lists(st.sampled_from(SLOPES), min_size=3, max_size=3)))
        pool = [nn.MaxPool2d(2, ceil_mode=draw(st.booleans()))] if draw(st.booleans()) else []
        behind = draw(st.booleans())
        layers += [
            nn.Conv2d(3 if depth else 1, 3, 3, padding=1),
            *([] if behind else pool),
            act,
            *(pool if behind else []),
        ]
    probe = nn.Sequential(*layers, nn.Flatten())(torch.zeros(2, 1, 6, 6))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(probe.shape[1], 3)).eval()


SLOPES = (-1.5, -0.25, 0.0, 0.125, 0.5, 1.0, 2.0)
RANGES = ((0.0, 1.0), (-1.0, 1.0), (-2.5, 0.5), (3.0, 5.0))


@settings(max_examples=12)
@given(signed_networks(), st.integers(2, 8), st.integers(1, 8), st.sampled_from(SCHEDULES), st.sampled_from(RANGES))
def test_activations_of_both_signs_are_exact(
    model: nn.Module, bits: int, activation_bits: int, recipe: Exact, limits: tuple[float, float]
) -> None:
    low, high = limits
    x = torch.rand(16, 1, 6, 6, generator=torch.Generator().manual_seed(0)) * (high - low) + low
    labels = torch.zeros(16, dtype=torch.int64)
    quantised = quantize(model, bits, (x, labels), activation_bits=activation_bits, settings=NO_TRAINING)
    pair = exact(quantised, x, recipe, input_range=limits)
    found = verify(pair, x[:6].numpy())
    assert found.equal.all() and found.settled.all()
    wanted = simulate(pair.cnn, x[:6].numpy(), engine="reference").logits
    np.testing.assert_array_equal(simulate(pair.snn, x[:6].numpy(), engine="reference").logits, wanted)


def test_eight_bits_on_each_side_are_close_to_the_model() -> None:
    torch.manual_seed(0)
    layers = (
        nn.Conv2d(2, 4, 3),
        sloped(-0.3, 0.0, 0.25, 1.5),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 4, 1),
        nn.Hardtanh(-0.5, 0.5),
    )
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(36, 3)).eval()
    x = torch.rand(64, 2, 8, 8) * 2 - 1
    quantised = quantize(model, 8, (x, torch.zeros(64, dtype=torch.int64)), activation_bits=8, settings=NO_TRAINING)
    found = simulate(exact(quantised, x, input_range=(-1.0, 1.0)).snn, x.numpy()).answers
    wanted = model(x).detach().numpy()
    assert np.abs(found - wanted).max() <= 0.03 * np.ptp(wanted)
