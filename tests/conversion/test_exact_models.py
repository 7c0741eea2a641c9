"""From a quantised model to integers and spikes: the weights arrive as they are, what is snapped is said, logits are equal."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import Compressed, PruneSettings, QuantizeSettings, TrainSettings, prune, quantize
from spikewright.conversion import Exact, Quantized, Unconvertible, convert, exact, spiking, verify
from spikewright.snn import Network, simulate
from spikewright.weights import stored_values
from tests.conversion.architectures import CASES, Case, build, images, stacks

NO_TRAINING = QuantizeSettings(training=TrainSettings(epochs=0))
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
SCHEDULES = [Exact(), Exact("synchronous"), Exact("synchronous", 4)]


def small(case: Case, bits: int = 4, activation_bits: int = 3) -> Compressed:
    data = (images(case, 16), torch.zeros(16, dtype=torch.int64))
    return quantize(build(case), bits, data, activation_bits=activation_bits, settings=NO_TRAINING)


def on_grid(case: Case, count: int = 12) -> torch.Tensor:
    return (images(case, count) * 255).round() / 255


def codes(network: Network) -> list[np.ndarray]:
    return [stored_values(p.synapse.weights) for p in network.projections if hasattr(p.synapse, "weights")]


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


@pytest.mark.parametrize("name", ["lenet", "depthwise", "reused", "residual"])
def test_weights_are_not_rounded_again(name: str) -> None:
    """Codes reach the spiking network as they are; where two branches meet, times one integer for each channel."""
    model, x = small(CASES[name]), images(CASES[name])
    given_codes = [c for c, _ in model.integers.values()]
    found = codes(exact(model, x).snn)
    kept = [any(np.array_equal(one, c) for c in given_codes) for one in found]
    assert kept.count(False) == (2 if name == "residual" else 0)
    for one in found:
        assert any(c.shape == one.shape and _multiple(one, c) for c in given_codes)


def _multiple(values: np.ndarray, codes: np.ndarray) -> bool:
    """Whether values = r_o codes with whole numbers r_o."""
    rows, base = values.reshape(len(values), -1).astype(np.int64), codes.reshape(len(codes), -1).astype(np.int64)
    factor = (rows * base).sum(1) // np.maximum((base * base).sum(1), 1)
    return bool(np.all(rows == factor[:, None] * base))


@pytest.mark.parametrize("name", ["lenet", "residual", "standardised", "depthwise"])
def test_snapping_moves_the_logits_a_little(name: str) -> None:
    """Before levels make jumps of it, the grid is finer than a hundredth: with 8-bit activations logits hardly move."""
    model, x = small(CASES[name], bits=8, activation_bits=8), on_grid(CASES[name])
    network = convert(model, x, Quantized(integer=True))
    with torch.no_grad():
        wanted = model(x).numpy()
    found = simulate(network, x.numpy()).logits * network.logit_scale
    assert np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()


def test_the_report_says_what_is_snapped() -> None:
    report = exact(small(CASES["standardised"]), images(CASES["standardised"])).report
    assert any("by input channel" in row.detail and "snapped by at most" in row.detail for row in report)
    report = exact(small(CASES["residual"]), images(CASES["residual"])).report
    snapped = {row.layer for row in report if "snapped by at most" in row.detail}
    assert {"stem_0", "block1_conv2", "block2_conv2"} <= snapped
    assert any("latency 35 steps" in row.detail for row in report)
    errors = [
        row.detail.split("snapped by at most ")[1].split("%")[0] for row in report if "snapped by at" in row.detail
    ]
    assert all(float(error) <= 0.4 for error in errors)


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


def test_real_numbers_are_refused() -> None:
    case = CASES["lenet"]
    with pytest.raises(Unconvertible, match="activations are not integers"):
        exact(quantize(build(case), 4, settings=NO_TRAINING), images(case))
    model = small(case).model  # its codes are lost
    with pytest.raises(Unconvertible, match=r"weights are real numbers; try compress\.quantize"):
        exact(model, images(case))
    with pytest.raises(InvalidInput, match=r"samples in \[0, 1\]"):
        exact(small(case), 2 * images(case))
    with pytest.raises(InvalidInput, match="at least one image"):
        verify(exact(small(case), images(case)), images(case).numpy()[:0])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Exact("both"),  # type: ignore[arg-type]
        lambda: Exact("synchronous", 0),
        lambda: Exact("layerwise", 4),
        lambda: Exact(input_levels=0),
    ],
)
def test_recipes_are_checked(wrong) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        wrong()
