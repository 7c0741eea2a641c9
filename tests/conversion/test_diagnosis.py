"""A diagnosis is an account: the parts add up, each is what its definition says, and the largest is named."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
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
from spikewright.conversion.diagnosis import PARTS, run
from spikewright.snn import IF, Linear, Network, simulate
from tests.conversion.architectures import CASES, build, images


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


CULPRITS = [
    (plain(64, percentile=20.0), "clipping", "larger percentile"),
    (plain(2, threshold="max", schedule="layerwise"), "quantisation", "more steps"),
    (plain(8, threshold="max", initial="zero", schedule="layerwise"), "quantisation", 'initial="half"'),
    (plain(8, reset="zero", initial="zero"), "unevenness", 'reset="subtract"'),
    (Ttfs(percentile=20.0, margin=0.0), "clipping", "margin"),
    (Ttfs(levels=3), "quantisation", "levels"),
    (
        Rate(1, "max", neuron="burst", limit=3, schedule="layerwise", calibration=None),
        "quantisation",
        "twice the limit",
    ),
    (SpikeSelect(64, 2, percentile=100.0), "quantisation", "a larger limit"),
    (FewSpike(2), "quantisation", "one more step"),
]


@pytest.mark.parametrize(("recipe", "culprit", "hint"), CULPRITS)
@pytest.mark.parametrize("name", ["mlp", "lenet"])
def test_the_culprit_is_named(name: str, recipe: Recipe, culprit: str, hint: str) -> None:
    found = diagnosed(name, recipe)
    worst = found.layer(found.worst)
    assert worst.culprit == culprit and hint in found.advice[0]
    assert worst.relative_own_error == max(layer.relative_own_error for layer in found.populations)
    shown = str(found)
    assert f"{found.worst} loses most" in shown and f"mostly {culprit}" in shown and f"try {found.advice[0]}" in shown


@pytest.mark.parametrize("name", ["mlp", "residual"])
def test_nothing_is_wrong_with_an_exact_network(name: str) -> None:
    found = diagnosed(name, Ttfs(ranges="interval"))
    assert found.worst == "" and found.advice == () and "no layer adds more" in str(found)
    for layer in found.populations:
        assert layer.relative_error < 1e-4 and (layer.correlation is None or layer.correlation > 0.9999)


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


def test_the_three_networks_side_by_side() -> None:
    case = CASES["residual"]
    model, x = build(case), images(case, 12)
    labels = model(x).argmax(1)
    found = diagnose(model, convert(model, x, Ttfs()), x, labels)
    table = found.networks
    assert table["network"] == ["model", "rewritten", "spiking"]
    assert table["accuracy"] == [1.0, 1.0, 1.0] and table["agreement"] == [1.0, 1.0, 1.0]
    assert 0 < table["spikes_per_neuron"][2] <= 1 and table["largest_logit_error"][1] < 1e-4
    steps = diagnose(model, convert(model, x, plain(5)), x, labels)
    assert len(steps.accuracy_over_steps) == 5 and steps.accuracy_over_steps[-1] == steps.networks["accuracy"][2]
    whole = steps.to_table()
    assert len(whole) == 3 + len(steps.layers) and whole["network"][:3] == table["network"]
    assert diagnose(model, convert(model, x, plain(5)), x).networks["accuracy"] == [None] * 3


def test_batches_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES["lenet"]
    model, x = build(case), images(case, 9)
    network = convert(model, x, plain(5))
    whole = diagnose(model, network, x)
    monkeypatch.setattr(run, "WORKING_BYTES", 1)
    seen: list[int] = []
    parts = diagnose(model, network, x, progress=lambda _, done, __: seen.append(done))
    assert seen == list(range(10))
    for one, other in zip(whole.layers, parts.layers, strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            assert other[name] == (value if isinstance(value, str | None) else pytest.approx(value, rel=1e-3, abs=1e-5))


def test_another_model_is_refused() -> None:
    case = CASES["mlp"]
    model, x = build(case), images(case)
    network = convert(model, x, plain(4))
    other = nn.Sequential(nn.Linear(x.shape[1], 3))
    with pytest.raises(InvalidInput, match="the model that was converted"):
        diagnose(other, network, x)
    dumb = replace(network, populations=tuple(replace(p, amplitude=None) for p in network.populations))
    with pytest.raises(InvalidInput, match="convert it again"):
        diagnose(model, dumb, x)
    with pytest.raises(InvalidInput, match="labels"):
        diagnose(model, network, x, torch.zeros(3, dtype=torch.int64))


def test_a_file_keeps_what_a_spike_stands_for(tmp_path) -> None:  # type: ignore[no-untyped-def]
    case = CASES["lenet"]
    model, x = build(case), images(case)
    for network in (convert(model, x, plain(4)), convert(model, x, Ttfs(levels=9)).to_fixed()):
        network.save(tmp_path / "n.spike")
        again = Network.load(tmp_path / "n.spike")
        assert list(diagnose(model, again, x).layers) == list(diagnose(model, network, x).layers)
