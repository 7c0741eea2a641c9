"""What cannot be converted is refused before anything runs, by name, with a reason and a substitute."""

import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright import InvalidInput, SpikewrightError
from spikewright.conversion import Quantized, Rate, Ttfs, Unconvertible, convert
from tests.conversion.architectures import CASES, build, images, seq
from tests.conversion.refused import REFUSED, REFUSED_SEQUENCES, SEQUENCES, X, after


@pytest.mark.parametrize("recipe", [Rate(4), Ttfs()], ids=["Rate", "Ttfs"])
@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, recipe: Rate | Ttfs) -> None:
    make, message = REFUSED[name]
    with pytest.raises(Unconvertible, match=message) as caught:
        convert(make().eval(), X, recipe)
    assert isinstance(caught.value, SpikewrightError) and isinstance(caught.value, ValueError)
    assert "; try " in str(caught.value)
    assert any(row.action == "refused" for row in caught.value.report)


@pytest.mark.parametrize("name", REFUSED_SEQUENCES)
def test_refused_on_sequences(name: str) -> None:
    make, message = REFUSED_SEQUENCES[name]
    with pytest.raises(Unconvertible, match=message):
        convert(make().eval(), SEQUENCES, Rate(4))


def test_all_refusals_are_reported_not_only_the_first() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(2, 2, 3), nn.Conv2d(2, 2, 3)

        def forward(self, x: Tensor) -> Tensor:
            return F.silu(self.a(x)) + F.gelu(self.b(x))

    with pytest.raises(Unconvertible) as caught:
        convert(Model(), X, Rate(4))
    rows = {row.layer: row.action for row in caught.value.report}
    assert rows["silu"] == rows["gelu"] == "refused"
    assert rows["a"] == rows["b"] == "kept"
    assert rows["add"] == "folded"
    assert "silu" in str(caught.value) and "gelu" in str(caught.value)


BAD_SAMPLES = {
    "wrong shape": (torch.rand(4, 3, 8, 8), "fit the model"),
    "one image": (torch.rand(2, 8, 8), r"\(n, C, H, W\)"),
    "empty": (torch.rand(0, 2, 8, 8), "shape"),
    "NaN": (torch.full((2, 2, 8, 8), float("nan")), "NaN"),
    "words": (["cat", "dog"], "array"),
}


@pytest.mark.parametrize("name", BAD_SAMPLES)
def test_bad_samples(name: str) -> None:
    samples, message = BAD_SAMPLES[name]
    with pytest.raises(InvalidInput, match=message):
        convert(after(), samples, Rate(4))


@pytest.mark.parametrize("recipe", [Ttfs(), Rate(4, input_levels=255)], ids=str)
def test_samples_outside_the_unit_range(recipe: Rate | Ttfs) -> None:
    with pytest.raises(InvalidInput, match=r"\[0, 1\].*inside the model"):
        convert(after(), X * 2, recipe)


def test_weights_that_are_not_finite() -> None:
    model = after()
    model[0].weight.data[0] = float("nan")
    with pytest.raises(InvalidInput, match=r"0\.weight"):
        convert(model, X, Rate(4))


def test_no_model_and_no_recipe() -> None:
    with pytest.raises(InvalidInput, match=r"nn\.Module or a Compressed"):
        convert("model", X, Rate(4))
    with pytest.raises(InvalidInput, match="try Rate"):
        convert(after(), X, "rate")


@pytest.mark.parametrize("recipe", [Rate(4), Ttfs()], ids=["Rate", "Ttfs"])
def test_a_silent_layer_is_named(recipe: Rate | Ttfs) -> None:
    model = after(nn.Flatten(), nn.Linear(256, 3))
    nn.init.constant_(model[0].weight, 0.0)
    nn.init.constant_(model[0].bias, -1.0)
    with pytest.raises(InvalidInput, match=r"'_0'.*dead layer"):
        convert(model, X, recipe)


def test_a_silent_channel_takes_the_largest_threshold() -> None:
    model = after(nn.Flatten(), nn.Linear(256, 3)).eval()
    nn.init.constant_(model[0].weight[1], 0.0)
    nn.init.constant_(model[0].bias[1:2], -1.0)
    network = convert(model, X, Rate(4))
    threshold = network.by_name["_0"].neuron.threshold
    assert threshold[1] == threshold.max() > threshold.min()
    assert "1 silent channels" in str(network.report)


def test_a_faint_channel_is_raised() -> None:
    """Its own threshold would let it fire at every noise, and could fall below a unit of fixed point."""
    model = after(nn.Flatten(), nn.Linear(256, 3), nn.ReLU(), nn.Linear(3, 2)).eval()
    with torch.no_grad():
        model[0].weight[1] *= 1e-3
        model[0].bias[1] = 1e-4
    network = convert(model, X, Rate(4))
    threshold = network.by_name["_0"].neuron.threshold
    assert threshold[1] == pytest.approx(threshold.max() / 100)
    assert "1 faint channels" in str(network.report)
    assert network.to_fixed().by_name["_0"].neuron.threshold.min() >= 1


def test_an_error_survives_another_process() -> None:
    with pytest.raises(Unconvertible) as caught:
        convert(after(nn.GELU(), nn.Flatten(), nn.Linear(256, 3)), X, Rate(4))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value) and len(copy.report) == len(caught.value.report)


def test_a_model_in_training_mode_is_read_in_evaluation_mode_and_left_alone() -> None:
    model = build(CASES["residual"]).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    network = convert(model, images(CASES["residual"]), Ttfs())
    assert model.training and "was in training mode" in str(network.report)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


BAD_RECIPES: dict[str, Callable[[], object]] = {
    "no steps": lambda: Rate(0),
    "half a step": lambda: Rate(1.5),
    "percentile 0": lambda: Rate(4, percentile=0.0),
    "percentile above 100": lambda: Ttfs(percentile=100.1),
    "percentile NaN": lambda: Rate(4, percentile=float("nan")),
    "unknown reset": lambda: Rate(4, reset="hard"),
    "unknown start": lambda: Rate(4, initial="full"),
    "unknown schedule": lambda: Rate(4, schedule="random"),
    "unknown ranges": lambda: Ttfs(ranges="guess"),
    "negative margin": lambda: Ttfs(margin=-0.1),
    "no levels": lambda: Ttfs(levels=0),
    "no input levels": lambda: Quantized(input_levels=0),
}


@pytest.mark.parametrize("name", BAD_RECIPES)
def test_bad_recipes(name: str) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        BAD_RECIPES[name]()


def test_report_has_a_row_for_every_layer() -> None:
    network = convert(build(CASES["lenet"]), images(CASES["lenet"]), Rate(5))
    layers = {f"_{place}" for place in range(10)}
    assert layers <= {row.layer for row in network.report}
    kept = [row for row in network.report if row.action == "kept" and row.parameters]
    assert sum(row.parameters for row in kept) == sum(p.numel() for p in build(CASES["lenet"]).parameters())
    neurons = {row.layer: row.neurons for row in network.report if row.action == "rewritten" and row.neurons}
    assert neurons == {"_1": 4 * 12 * 12, "_4": 6 * 4 * 4, "_8": 10, "output": 4}
    assert np.all([row.detail for row in network.report])


def test_weights_without_memory() -> None:
    with pytest.raises(InvalidInput, match=r"0\.weight without any \(meta\).*load_state_dict"):
        convert(after().to("meta"), X, Rate(4))
    with pytest.raises(InvalidInput, match="lazy model"):
        convert(seq(nn.Flatten(), nn.LazyLinear(3)), X, Rate(4))
