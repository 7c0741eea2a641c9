"""One contract for all recipes: each on the same small architectures converts, or refuses by its rule."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput, SpikewrightError
from spikewright.conversion import FewSpike, Latency, Phase, Rate, Recipe, SpikeSelect, Ttfs, Unconvertible, convert
from spikewright.snn import Network, simulate

SHAPE = (2, 6, 6)


class Residual(nn.Module):
    """A sum of two paths, one of them a convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.path = nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)
        self.fc = nn.Linear(3 * 3 * 3, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.stem(x))
        x = torch.relu(self.path(x) + x)
        return self.fc(nn.functional.avg_pool2d(x, 2).flatten(1))


class Concatenated(nn.Module):
    """Two convolutions side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(2, 2, 1)
        self.fc = nn.Linear(5 * 36, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(torch.cat([torch.relu(self.left(x)), torch.relu(self.right(x))], dim=1).flatten(1))


def chain(activation: nn.Module, pool: nn.Module) -> nn.Module:
    first, second = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 5, 3)
    return nn.Sequential(first, activation, pool, second, nn.ReLU(), nn.Flatten(), nn.Linear(5, 4))


ARCHITECTURES: dict[str, Callable[[], nn.Module]] = {
    "average pool": lambda: chain(nn.ReLU(), nn.AvgPool2d(2)),
    "max pool": lambda: chain(nn.ReLU(), nn.MaxPool2d(2)),
    "residual": Residual,
    "concatenation": Concatenated,
    "clipped": lambda: chain(nn.Hardtanh(0.0, 0.4), nn.AvgPool2d(2)),
    "leaky": lambda: chain(nn.LeakyReLU(0.25), nn.AvgPool2d(2)),
}


@dataclass(frozen=True)
class Line:
    """A recipe and a finer one. `error`: of the finer one's logits, as a share of the largest logit; None: lossy.

    `refuses`: architectures without such spikes, with a word of the reason. `spikes`: the most that a neuron may send.
    """

    coarse: Recipe
    fine: Recipe
    error: float | None
    refuses: dict[str, str]
    spikes: float


LINES = {
    "Rate": Line(Rate(4), Rate(128), 0.1, {}, 512),
    "Ttfs": Line(Ttfs(levels=3), Ttfs(), 1e-5, {}, 1),
    "Ttfs on a grid": Line(Ttfs(levels=3), Ttfs("least-squares", levels=1023), 0.01, {}, 1),
    "bursts": Line(
        Rate(2, "max", neuron="burst", limit=2, calibration=None),
        Rate(32, "max", neuron="burst", limit=8, calibration=None),
        0.1, {}, 512,
    ),
    "Phase": Line(
        Phase(4, 2, percentile=100.0), Phase(8, 32, percentile=100.0), 0.1,
        {"max pool": "weighted spikes"}, 512,
    ),
    "SpikeSelect": Line(
        SpikeSelect(8, 4, percentile=100.0), SpikeSelect(192, 192, percentile=100.0), 0.2, {}, 512
    ),
    "FewSpike": Line(FewSpike(2), FewSpike(12), 0.001, {"max pool": "several spikes"}, 12),
    "FewSpike, learned": Line(
        FewSpike(1, "learned"), FewSpike(8, "learned"), 0.05, {"max pool": "several spikes"}, 8
    ),
    "Latency": Line(Latency(24, 4), Latency(96, 16), None, {}, 1),
}  # fmt: skip
GRID = [(line, name) for line, name in product(LINES, ARCHITECTURES)]
CONVERTS = [(line, name) for line, name in GRID if name not in LINES[line].refuses]
REFUSES = [(line, name) for line, name in GRID if name in LINES[line].refuses]


def made(name: str) -> tuple[nn.Module, np.ndarray]:
    """A model with seeded weights, and images on the grid of 255 levels."""
    torch.manual_seed(3)
    model = ARCHITECTURES[name]().eval()
    images = np.random.default_rng(3).integers(0, 256, (12, *SHAPE)) / 255
    return model, images.astype(np.float32)


def error(network: Network, model: nn.Module, images: np.ndarray) -> float:
    """The largest error of a logit, as a share of the largest logit."""
    with torch.no_grad():
        truth = model(torch.from_numpy(images)).double().numpy()
    logits = simulate(network, images).logits * network.logit_scale
    return float(np.abs(logits - truth).max() / np.abs(truth).max())


@pytest.mark.parametrize(("line", "name"), CONVERTS)
def test_logits_approach_the_models(line: str, name: str) -> None:
    model, images = made(name)
    coarse, fine = (convert(model, images, recipe) for recipe in (LINES[line].coarse, LINES[line].fine))
    activity = simulate(fine, images, record=("rasters",))
    for population in fine.populations[1:]:
        counts = activity.spikes[population.name] / population.size
        assert counts.max() <= LINES[line].spikes
    if LINES[line].error is not None:
        assert error(fine, model, images) <= LINES[line].error
        assert error(fine, model, images) <= error(coarse, model, images)


@pytest.mark.parametrize(("line", "name"), CONVERTS)
def test_engines_and_files_agree_in_integers(line: str, name: str, tmp_path: Any) -> None:
    """Event = reference bit for bit in fixed point, and so is what was saved and loaded."""
    model, images = made(name)
    network = convert(model, images, LINES[line].coarse).to_fixed(weight_bits=6, time_levels=15)
    network.save(tmp_path / "network")
    runs = [simulate(network, images), simulate(network, images, engine="reference")]
    runs.append(simulate(Network.load(tmp_path / "network"), images))
    for one in runs[1:]:
        np.testing.assert_array_equal(one.logits_over_time, runs[0].logits_over_time)
        for what in ("spikes", "synaptic_operations"):
            for part, values in getattr(one, what).items():
                np.testing.assert_array_equal(values, getattr(runs[0], what)[part], err_msg=part)


@pytest.mark.parametrize(("line", "name"), CONVERTS)
def test_the_report_tells_the_code_and_every_population(line: str, name: str) -> None:
    model, images = made(name)
    recipe = LINES[line].coarse
    network = convert(model, images, recipe)
    of_network = [row for row in network.report.rows if row.layer == "network"]
    assert [row.kind for row in of_network if row.kind != "hardware"] == [type(recipe).__name__]
    told = " ".join(row.detail for row in network.report.rows)
    for population in network.populations[1:]:
        assert repr(population.name) in told


@pytest.mark.parametrize(("line", "name"), REFUSES)
def test_what_has_no_such_spikes_is_refused_with_a_substitute(line: str, name: str) -> None:
    model, images = made(name)
    with pytest.raises(Unconvertible, match=rf"{LINES[line].refuses[name]}.*; try ") as caught:
        convert(model, images, LINES[line].fine)
    assert [row.action for row in caught.value.report.rows].count("refused") == 1


BAD: list[tuple[Callable[[], Recipe], str]] = [
    (lambda: Ttfs("percentile"), "ranges"),  # type: ignore[arg-type]
    (lambda: Ttfs("least-squares"), "levels for windows by least squares.*try levels=255"),
    (lambda: Ttfs(input_levels=0), r"input_levels .* from 1 to 65,535"),
    (lambda: Latency(8, 9), "unit from 1 to 8 steps, got 9"),
    (lambda: Latency(0), r"(steps|periods) .* from 1 to 1,000,000, got 0"),
    (lambda: Rate(4, neuron="burst", limit=0), r"(limit|limits) .* from 1 to 127, got"),
    (lambda: Rate(4, neuron="burst", limits={"conv1": 200}), r"(limit|limits) .* from 1 to 127, got"),
    (lambda: Rate(4, limits={"conv1": 2}), "neuron='burst' with limits"),
    (lambda: Phase(17), r"period .* from 1 to 16, got 17"),
    (lambda: Phase(8, 0), r"(steps|periods) .* from 1 to 1,000,000, got 0"),
    (lambda: SpikeSelect(4, 5), "limit from 1 to 4 spikes"),
    (lambda: SpikeSelect(4, 2, initial="full"), "initial"),  # type: ignore[arg-type]
    (lambda: FewSpike(0), r"steps .* from 1 to 16, got 0"),
    (lambda: FewSpike(4, "best"), "fit"),  # type: ignore[arg-type]
    (lambda: FewSpike(4, percentile=101.0), "percentile"),
]


@pytest.mark.parametrize(("make", "told"), BAD)
def test_values_out_of_range_are_refused_when_the_recipe_is_made(make: Callable[[], Recipe], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        make()


def test_limits_of_layers_that_are_not_there() -> None:
    model, images = made("average pool")
    with pytest.raises(InvalidInput, match=r"limits for layers out of .*, got conv9"):
        convert(model, images, Rate(4, neuron="burst", limits={"conv9": 2}))
    names = [p.name for p in convert(model, images, Rate(4, neuron="burst")).populations]
    network = convert(model, images, Rate(4, neuron="burst", limits={names[1]: 2}))
    assert [p.neuron.limit for p in network.populations[1:3]] == [2, 4]


@pytest.mark.parametrize("recipe", [Phase(), SpikeSelect(8), Ttfs(), Latency(8, 4, input_levels=15)])
def test_images_beyond_the_unit_range_are_refused(recipe: Recipe) -> None:
    model, images = made("average pool")
    with pytest.raises(SpikewrightError, match=r"samples in \[0, 1\]"):
        convert(model, images * 2, recipe)
