"""The parts of an error add up, and each is what its definition says."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import (
    Diagnosis,
    Exact,
    FewSpike,
    Latency,
    Quantized,
    Rate,
    Recipe,
    SpikeSelect,
    Ttfs,
    convert,
    diagnose,
)
from spikewright.conversion import Phase as PhaseRecipe
from spikewright.conversion.diagnosis import PARTS
from spikewright.conversion.diagnosis.parts import levels, most
from spikewright.snn import (
    IF,
    Burst,
    Direct,
    Integrator,
    LatchedIF,
    Linear,
    PhaseCode,
    QuantReLU,
    Ramp,
    SignedIF,
    SpikeSelectCode,
    TernaryIF,
    TtfsCode,
    simulate,
)
from tests.conversion.architectures import CASES, build, images
from tests.conversion.diagnosis.dyadic import small_network


def plain(steps: int, **options: object) -> Rate:
    """Rate conversion without the help of calibration."""
    percentile = None if "threshold" in options else 99.9
    return Rate(steps, **{"percentile": percentile, "calibration": None, **options})  # type: ignore[arg-type]


RECIPES = {
    "rate": plain(6),
    "calibrated": Rate(6),
    "signed": plain(6, neuron="signed"),
    "bursts": plain(3, neuron="burst", limit=3),
    "layerwise": plain(6, schedule="layerwise"),
    "reset to zero": plain(6, reset="zero"),
    "one threshold": plain(6, per_channel=False, percentile=90.0),
    "signed, layerwise": plain(6, neuron="signed", schedule="layerwise"),
    "phases": PhaseRecipe(4, 2),
    "spike select": SpikeSelect(8, 3),
    "few spikes": FewSpike(4),
    "few spikes, learned": FewSpike(3, fit="learned"),
    "latency": Latency(24, 8),
    "ttfs": Ttfs(percentile=90.0, margin=0.0),
    "ttfs levels": Ttfs(levels=5),
}


def diagnosed(name: str, recipe: Recipe, *, fixed: bool = False) -> Diagnosis:
    case = CASES[name]
    model, x = build(case), images(case, 12)
    network = convert(model, x, recipe)
    return diagnose(model, network.to_fixed() if fixed else network, x)


@pytest.mark.parametrize("name", ["mlp", "residual"])
@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("fixed", [False, True], ids=["float32", "fixed"])
def test_the_parts_add_up_to_the_error(name: str, recipe: str, fixed: bool) -> None:
    if fixed and "learned" in recipe:
        pytest.skip("fitted amplitudes are no whole numbers")
    for layer in diagnosed(name, RECIPES[recipe], fixed=fixed).populations:
        parts = [layer.parts[part] for part in PARTS]
        assert sum(part.contribution for part in parts) == pytest.approx(layer.error, rel=1e-9, abs=1e-12)
        assert sum(part.bias for part in parts) == pytest.approx(layer.bias, rel=1e-9, abs=1e-12)
        assert sum(map(layer.share, PARTS)) == pytest.approx(1.0 if layer.error else 0.0)
        assert all(abs(part.contribution) <= part.magnitude + 1e-12 for part in parts)
        assert abs(layer.bias) <= layer.error <= sum(part.magnitude for part in parts) + 1e-12


@pytest.mark.parametrize("name", ["mlp", "lenet", "residual"])
@pytest.mark.parametrize("fixed", [False, True], ids=["float32", "fixed"])
def test_whole_charges_leave_no_unevenness(name: str, fixed: bool) -> None:
    """Layerwise a neuron has all its charge before it fires; time codes send one value."""
    for recipe in (plain(5, schedule="layerwise"), Ttfs(levels=7)):
        for layer in diagnosed(name, recipe, fixed=fixed).populations:
            assert layer.parts["unevenness"].magnitude == 0.0


def test_unevenness_is_what_the_counts_say() -> None:
    """Worked out again from the spikes of each layer and the weights in between."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(9, 20), nn.ReLU(), nn.Linear(20, 20), nn.ReLU(), nn.Linear(20, 3)).eval()
    x = torch.rand(12, 9)
    network = convert(model, x, plain(6))
    first, second = (p for p in network.populations if isinstance(p.neuron, IF))
    rasters = simulate(network, x.numpy(), engine="reference", record=("rasters",)).rasters
    counts = {p.name: rasters[p.name].reshape(6, len(x), -1).sum(0).astype(float) for p in (first, second)}
    synapse = network.incoming[second.name][0].synapse
    assert isinstance(synapse, Linear)
    charge = counts[first.name] @ synapse.weights.values().T + 6 * second.bias  # type: ignore[union-attr]
    ideal = np.clip(np.floor((charge + second.initial) / second.neuron.threshold), 0, 6)
    uneven = np.abs(counts[second.name] - ideal) * np.asarray(second.amplitude) / 6
    told = diagnose(model, network, x).layer(second.name).parts["unevenness"].magnitude
    assert uneven.mean() > 0 and told == pytest.approx(uneven.mean(), rel=1e-5)


class Passing(nn.Module):
    """Four inputs through a ReLU, and added up."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 4, bias=False), nn.Linear(4, 1, bias=False)
        with torch.no_grad():
            self.first.weight.copy_(torch.eye(4))
            self.last.weight.fill_(1.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(torch.relu(self.first(x)))


def test_a_decomposition_by_hand() -> None:
    """Threshold 1/2, 4 steps, counts rounded: 0.25 is two spikes, 0.3 becomes 0.25, 0.75 and 1 are clipped at 0.5."""
    model = Passing()
    network = convert(model, torch.full((3, 4), 0.5), plain(4, threshold="max"))
    assert np.all(network.by_name["first"].neuron.threshold == 0.5)  # type: ignore[union-attr]
    found = diagnose(model, network, torch.tensor([[0.25, 0.3, 0.75, 1.0], [0.0, 0.3, 0.75, 1.0]]))
    layer = found.layer("first")
    assert layer.parts["quantisation"].magnitude == pytest.approx(0.05 / 4)
    assert layer.parts["clipping"].magnitude == pytest.approx(0.75 / 4)
    assert layer.parts["inherited"].magnitude == pytest.approx(0.0, abs=1e-7)
    assert layer.parts["unevenness"].magnitude == 0.0
    assert layer.error == pytest.approx(0.8 / 4) and layer.bias == pytest.approx(-0.8 / 4)
    assert layer.saturated == pytest.approx(2 / 4) and layer.always == pytest.approx(2 / 4)
    assert layer.silent == 0.0 and layer.silent_in_model == 0.0
    last = found.layer("last")
    assert last.share("inherited") == pytest.approx(1.0) and last.error == pytest.approx(0.8)
    assert found.worst == "first" and "larger percentile" in found.advice[0]


def test_a_quantised_model_keeps_its_own_levels() -> None:
    """Counts stand for the levels of a QuantReLU: layerwise, with as many steps, nothing is lost."""
    case = CASES["lenet"]
    x = images(case, 16)
    settings = QuantizeSettings(training=TrainSettings(epochs=0))
    model = quantize(build(case), 8, (x, torch.zeros(16, dtype=torch.int64)), activation_bits=3, settings=settings)
    for recipe in (plain(7, schedule="layerwise"), Quantized(), FewSpike(3)):
        found = diagnose(model, convert(model, x, recipe), x)
        assert found.worst == "" and max(layer.relative_error for layer in found.populations) < 1e-4
    assert diagnose(model, convert(model, x, plain(3, schedule="layerwise")), x).worst != ""


@pytest.mark.parametrize("recipe", [Exact(), Exact("synchronous"), Exact("synchronous", window=3)])
def test_exact_spikes_add_nothing(recipe: Exact) -> None:
    """What is left are scales snapped to the accumulator's grid, which a layer inherits as another input."""
    case = CASES["lenet"]
    x = images(case, 16)
    settings = QuantizeSettings(training=TrainSettings(epochs=0))
    model = quantize(build(case), 4, (x, torch.zeros(16, dtype=torch.int64)), activation_bits=3, settings=settings)
    for layer in diagnose(model, convert(model, x, recipe), x).populations:
        assert layer.parts["unevenness"].magnitude == layer.parts["clipping"].magnitude == 0.0
        assert layer.relative_own_error < 2e-3


def test_signs_and_maxima() -> None:
    """A leaky layer has a staircase on both sides; a maximum passes on what it gets."""
    torch.manual_seed(0)
    x = torch.rand(16, 1, 8, 8)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.LeakyReLU(0.25), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 3)
    ).eval()
    found = diagnose(model, convert(model, x, plain(64, schedule="layerwise", threshold="max")), x)
    leaky, gate = (next(one for one in found.populations if one.neuron == kind) for kind in ("TernaryIF", "MaxGate"))
    assert leaky.relative_error < 0.05 and leaky.parts["unevenness"].magnitude == 0.0 and leaky.levels == 128
    assert leaky.points is not None and leaky.points.min() < 0
    assert gate.own_error == 0.0 and gate.share("inherited") == pytest.approx(1.0) and gate.relative_error < 0.05


LEVELS = [
    (IF(1.0), Direct(8), 8),
    (SignedIF(1.0, 5), Direct(8), 5),
    (Burst(1.0, 3), Direct(8), 24),
    (TernaryIF(1.0, 1.0), Direct(8), 16),
    (IF(1.0), PhaseCode(4, 2), 15),
    (IF(1.0, refractory=1), Direct(8), 4),
    (QuantReLU(1.0, 0, 7), Direct(1), 7),
    (IF(1.0), SpikeSelectCode(8, 3), 3),
    (LatchedIF(1.0), Direct(8), 8),
    (Ramp(2.0, 31), TtfsCode(), 31),
    (Ramp(2.0), TtfsCode(), None),
    (Integrator(), Direct(8), None),
]


@pytest.mark.parametrize(("neuron", "code", "expected"), LEVELS)
def test_levels(neuron: object, code: object, expected: int | None) -> None:
    network = small_network(neuron, code)
    assert levels(network, network.by_name["a"]) == expected
    if isinstance(neuron, IF | SignedIF | Burst | TernaryIF):
        x = np.ones((1, 4), np.float32)
        strong = replace(network.by_name["a"], bias=100.0)
        firing = replace(network, populations=(network.populations[0], strong, network.populations[2]))
        assert simulate(firing, x, record=("rasters",)).rasters["a"].sum(0).max() <= most(network, strong)
