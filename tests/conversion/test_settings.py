"""Every setting of every recipe, all together: what is made is right, what cannot be right is refused in one sentence."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright import InvalidInput, InvalidNetwork, SpikewrightError
from spikewright.compress import QuantizedReLU
from spikewright.conversion import (
    Cos,
    Exact,
    FewSpike,
    Latency,
    Phase,
    Quantized,
    Rate,
    SpikeSelect,
    Srp,
    Ttfs,
    Unconvertible,
    convert,
    diagnose,
    two_phase,
)
from spikewright.conversion.recipes import Recipe
from spikewright.snn import Activity, Network, simulate
from spikewright.snn.fixed.saturation import saturation_rows
from spikewright.snn.running import Run
from spikewright.snn.twin.network import Twin

SAMPLES = torch.rand(48, 1, 6, 6, generator=torch.Generator().manual_seed(0))


STEPS, LONGER = 48, 160


@cache
def model(levels: int | None = None) -> nn.Module:
    """Two convolutions and a layer that answers, activations of `levels` or ReLUs."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        act = [nn.ReLU() if levels is None else QuantizedReLU(levels, 1.0) for _ in range(2)]
        made = nn.Sequential(nn.Conv2d(1, 4, 3), act[0], nn.Conv2d(4, 6, 3), act[1], nn.Flatten(), nn.Linear(24, 5))
        with torch.no_grad():
            for layer in (made[0], made[2], made[5]):
                layer.weight.mul_(1.5)
                layer.bias.uniform_(-0.1, 0.2)
        return made.eval()


@cache
def truth() -> np.ndarray:
    return model()(SAMPLES).detach().numpy()


def run(network: Network, steps: int | None = None) -> Activity:
    return two_phase(network, SAMPLES) if network.run.phases else simulate(network, SAMPLES, steps=steps)


def error(network: Network, steps: int | None = None) -> float:
    """Root mean squared error of the logits, in deviations of the model's own."""
    scale = network.logit_scale * (1.0 if steps is None else network.steps / steps)
    wrong = run(network, steps).logits * scale - truth()
    return float(np.sqrt((wrong**2).mean()) / (truth() - truth().mean(0)).std())


def one_sentence(refusal: SpikewrightError) -> None:
    assert "expected" in str(refusal) and "got" in str(refusal) and "\n" not in str(refusal)


RATES = {
    "threshold": st.sampled_from(["mse", "max"]),
    "percentile": st.sampled_from([None, None, 99.0]),
    "per_channel": st.sampled_from([None, True, False]),
    "reset": st.sampled_from(["subtract", "subtract", "subtract", "zero"]),
    "initial": st.sampled_from(["half", "shift", "zero"]),
    "input_levels": st.sampled_from([None, 255]),
    "schedule": st.sampled_from(["synchronous", "layerwise"]),
    "neuron": st.sampled_from(["if", "signed", "burst"]),
    "limit": st.sampled_from([4, 4, 3]),
    "calibration": st.sampled_from([None, "light"]),
    "residual": st.sampled_from([None, None, Srp(4), Cos(4)]),
}


def test_the_grid_has_every_field() -> None:
    assert set(RATES) | {"steps", "limits"} == set(Rate.__dataclass_fields__)


@settings(max_examples=30)
@given(st.fixed_dictionaries(RATES))
def test_all_settings_of_a_rate_code_together(given_options: dict[str, Any]) -> None:
    """Close to the CNN, in other steps too, and in integers; or refused when made, converted or run."""
    try:
        network = convert(model(), SAMPLES, Rate(STEPS, **given_options))
    except SpikewrightError as refusal:
        return one_sentence(refusal)
    if given_options["reset"] == "zero":  # known to lose
        assert any("loses" in row.detail for row in network.report)
        return None
    made = error(network)
    assert made < (0.45 if given_options["initial"] == "zero" or given_options["residual"] else 0.25)
    if network.run.phases:
        with pytest.raises(InvalidNetwork, match="two_phase"):
            simulate(network, SAMPLES)
        return None
    try:
        assert error(network, LONGER) < made + 0.02
    except InvalidInput as refusal:
        one_sentence(refusal)
        assert network.run.fixed
    fixed = network.to_fixed()
    assert saturation_rows(fixed) == ()
    assert error(fixed) < made + 0.1
    return None


OTHERS: dict[str, Recipe] = {
    "ttfs": Ttfs(),
    "ttfs on levels": Ttfs(levels=255, input_levels=255),
    "ttfs, interval": Ttfs(ranges="interval"),
    "ttfs, least squares": Ttfs(ranges="least-squares", levels=255),
    "phase": Phase(8, 6),
    "phase from zero": Phase(8, 6, initial="zero", per_channel=False),
    "spike select": SpikeSelect(96, 48),
    "few": FewSpike(8),
    "few, learned": FewSpike(8, fit="learned"),
    "few on levels": FewSpike(8, input_levels=255, per_channel=False),
    "quantized": Quantized(),
    "quantized on levels": Quantized(input_levels=255),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("factor", [2, 0.5])
def test_other_steps_of_other_recipes(name: str, factor: float) -> None:
    """What is made is close to its CNN; other steps are, too, or are refused with the reason."""
    quantised = isinstance(OTHERS[name], Quantized)
    network = convert(model(255 if quantised else None), SAMPLES, OTHERS[name])
    assert quantised or error(network) < 0.25
    with pytest.raises(SpikewrightError) as refusal:
        simulate(network, SAMPLES, steps=max(2, round(network.steps * factor)))
    one_sentence(refusal.value) if network.run.fixed else None
    assert "expected" in str(refusal.value)


SETTINGS = {
    "a reset to zero, layerwise": lambda: Rate(8, schedule="layerwise", reset="zero"),
    "a reset to zero, in two phases": lambda: Rate(8, residual=Srp(2), reset="zero"),
    "a limit without bursts": lambda: Rate(8, limit=3),
    "channels of fitted layers": lambda: FewSpike(8, fit="learned", per_channel=True),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_cannot_work_are_refused_when_they_are_given(name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        SETTINGS[name]()
    one_sentence(refusal.value)


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
def test_calibrated_biases_hold_half_a_spike_of_their_steps(schedule: Any) -> None:
    """From zero, calibration finds the half spike and spreads it: over more steps it would be many halves."""
    network = convert(model(), SAMPLES, Rate(6, initial="zero", schedule=schedule))
    assert network.run == Run("each bias holds half a spike, spread over them", largest=network.run.largest)
    begun = convert(model(), SAMPLES, Rate(6, schedule=schedule))
    assert error(begun, LONGER) < error(begun)


@pytest.mark.parametrize("layers", [[nn.Flatten(), nn.Linear(36, 3)], [nn.Flatten()], [nn.AvgPool2d(2), nn.Flatten()]])
def test_a_model_without_a_relu(layers: list[nn.Module]) -> None:
    """Nothing in it has a spike time or a level; codes that add up are the model itself."""
    plain = nn.Sequential(*layers).eval()
    for recipe in (Ttfs(), Exact()):
        with pytest.raises(Unconvertible, match=r"no (Quant)?ReLU in the whole model|real numbers"):
            convert(plain, SAMPLES, recipe)
    for recipe in (Rate(16), Quantized(), FewSpike(8)):
        network = convert(plain, SAMPLES, recipe)
        wanted = plain(SAMPLES).detach().numpy()
        assert np.allclose(simulate(network, SAMPLES).logits * network.logit_scale, wanted, atol=1e-4)


@pytest.mark.parametrize("recipe", [Rate(8), Quantized(), Ttfs(), Exact(), Phase(), FewSpike(), Latency(32)])
@pytest.mark.parametrize(("alpha", "levels"), [(0.0, 7), (-0.5, 7), (1.0, 0), (1.0, -3)])
def test_a_threshold_that_fell_to_nothing_is_named(recipe: Recipe, alpha: float, levels: int) -> None:
    broken = nn.Sequential(nn.Conv2d(1, 4, 3), QuantizedReLU(7, 1.0), nn.Flatten(), nn.Linear(64, 3)).eval()
    with torch.no_grad():
        broken[1].alpha.fill_(alpha)
    broken[1].levels = levels
    with pytest.raises(Unconvertible, match=r"_1 \(.*learned threshold"):
        convert(broken, SAMPLES, recipe)


POOLED = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 3)).eval()


LACKS: dict[str, tuple[nn.Module, Recipe, str]] = {
    "a few spikes of many": (model(), SpikeSelect(8), "the code SpikeSelectCode; try Rate"),
    "two phases": (model(), Rate(8, residual=Cos(2)), "pre-steps"),
}


@pytest.mark.parametrize("name", LACKS)
def test_what_no_core_is_built_from_is_said_at_once(name: str) -> None:
    module, recipe, told = LACKS[name]
    rows = [row.detail for row in convert(module, SAMPLES, recipe).report if row.kind == "hardware"]
    assert any(told in row for row in rows)
    assert all(row.startswith("converts, but hardware refuses: ") and "; try " in row for row in rows)


BUILT = {
    "rates": (model(), Rate(8)),
    "max pooling": (POOLED, Rate(8)),
    "spike times": (model(), Ttfs()),
    "few spikes": (model(), FewSpike(8)),
    "signed": (model(), Rate(8, neuron="signed")),
    "phases": (model(), Phase()),
}


@pytest.mark.parametrize("name", BUILT)
def test_of_all_others_cores_can_be_built(name: str) -> None:
    module, recipe = BUILT[name]
    assert not [row for row in convert(module, SAMPLES, recipe).report if row.kind == "hardware"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Rate(8, percentile="a"),
        lambda: Rate(8, neuron="burst", limits=[4]),
        lambda: Ttfs(percentile=None),
        lambda: Ttfs(margin="wide"),
        lambda: two_phase(None, SAMPLES),
        lambda: diagnose(None, model(), SAMPLES),
    ],
)
def test_values_of_another_type_are_refused_in_a_sentence(make):
    with pytest.raises(InvalidInput, match=r"expected .*, got .*; try"):
        make()


def test_a_twin_takes_arrays_and_lists():
    network = convert(model(), SAMPLES, Rate(4))
    wanted = Twin(network)(SAMPLES[:3])
    for images in (SAMPLES[:3].numpy(), SAMPLES[:3].tolist()):
        assert torch.equal(Twin(network)(images), wanted)
