"""Calibration keeps what it improves, touches what it may, and gives the same network for the same seed."""

import re
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Advanced, FineTune, Light, Rate, convert, fine_tune
from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.conversion.tuning.weights import agreement
from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.zoo import load
from spikewright.snn import Integrator, MaxGate, Network, Source, simulate
from spikewright.snn.twin.surrogates import Atan
from tests.conversion.architectures import CASES, build, images, seq

FAST = Light(samples=64, rounds=4)
FAST_ADVANCED = Advanced(samples=64, rounds=2, iterations=20)


@pytest.fixture(scope="module")
def digits() -> Any:
    return load_dataset("digits")


@pytest.fixture(scope="module")
def trained() -> nn.Module:
    return load("small-digits")


RECIPES = {
    "synchronous": Rate(4, calibration=None),
    "layerwise": Rate(4, schedule="layerwise", calibration=None),
    "to zero": Rate(4, reset="zero", calibration=None),
    "per layer": Rate(4, per_channel=False, calibration=None),
    "signed": Rate(4, neuron="signed", calibration=None),
    "burst": Rate(4, neuron="burst", limit=3, calibration=None),
}


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("case", ["lenet", "residual"])
def test_the_flow_is_the_network_beside_its_model(name: str, case: str) -> None:
    """Rates are the engine's spikes, ideal rates the model's activations; few spikes sit on a rounding."""
    model, x = build(CASES[case]), images(CASES[case], 32)
    network = convert(model, x, RECIPES[name])
    truth = simulate(network, x.numpy(), engine="reference", record=("rasters",))
    flow = LayerRun(network, x, {})
    with torch.no_grad():
        for population in network.order[1:]:
            rates, ideal = flow.run(population)
            if not isinstance(population.neuron, Integrator):
                counts = truth.rasters[population.name].sum(0)
                assert (np.abs(rates.numpy() * network.steps - counts) < 1e-3).mean() > 0.99
        np.testing.assert_allclose(ideal.flatten(1), model(x), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(rates.flatten(1) * network.steps, truth.logits, atol=0.05 * np.abs(truth.logits).max())


def test_gates_pass_through_the_flow() -> None:
    model = seq(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 3)).eval()
    x = torch.rand(32, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    for schedule in ("synchronous", "layerwise"):
        network = convert(model, x, Rate(6, schedule=schedule, calibration=None))
        assert any(isinstance(p.neuron, MaxGate) for p in network.populations)
        flow = LayerRun(network, x, {})
        with torch.no_grad():
            for population in network.order[1:]:
                rates, ideal = flow.run(population)
            np.testing.assert_allclose(ideal, model(x), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(rates * 6, simulate(network, x.numpy()).logits, atol=1e-3)


def errors(network: Network) -> list[tuple[float, float]]:
    """Before and after, of the rows of the report."""
    rows = [row.detail for row in network.report if row.kind == "calibration"]
    found = [re.search(r"([\d.]+)% before, ([\d.]+)% after", text) for text in rows]
    assert rows and all(found)
    return [(float(one[1]), float(one[2])) for one in found if one]


@pytest.mark.parametrize("name", RECIPES)
def test_no_layer_gets_worse_on_held_out_samples(name: str, digits: Any, trained: nn.Module) -> None:
    from dataclasses import replace

    plain = convert(trained, digits.train_images[:64], RECIPES[name])
    network = convert(trained, digits.train_images[:64], replace(RECIPES[name], calibration=FAST))
    assert all(after <= before for before, after in errors(network))
    for one, other in zip(plain.populations, network.populations, strict=True):
        if not isinstance(one.neuron, Source | Integrator):
            np.testing.assert_array_equal(one.neuron.threshold, other.neuron.threshold)
    assert weights_of(plain).keys() == weights_of(network).keys()
    for key, values in weights_of(plain).items():
        np.testing.assert_array_equal(values, weights_of(network)[key])


def weights_of(network: Network) -> dict[str, np.ndarray]:
    found = {q.name: getattr(q.synapse, "weights", None) for q in network.projections}
    return {name: weights.values() for name, weights in found.items() if weights is not None}


@pytest.mark.parametrize("calibration", [FAST, FAST_ADVANCED], ids=["light", "advanced"])
def test_logits_come_closer_on_other_samples(calibration: Any, digits: Any, trained: nn.Module) -> None:
    x = torch.from_numpy(digits.test_images)
    with torch.no_grad():
        truth = trained(x).numpy()
    gaps = {}
    for way in (None, calibration):
        network = convert(trained, digits.train_images[:64], Rate(4, "max", calibration=way))
        gaps[way] = np.square(simulate(network, x.numpy()).logits * network.logit_scale - truth).mean()
    assert gaps[calibration] < 0.9 * gaps[None]


def test_same_seed_same_network_and_zeros_stay_zeros(digits: Any, trained: nn.Module) -> None:
    import copy

    sparse = copy.deepcopy(trained)
    with torch.no_grad():
        for layer in sparse.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                layer.weight[layer.weight.abs() < layer.weight.abs().median()] = 0.0
    made = [convert(sparse, digits.train_images[:64], Rate(4, calibration=FAST_ADVANCED)) for _ in range(2)]
    plain = convert(sparse, digits.train_images[:64], Rate(4, calibration=None))
    one, other, before = (weights_of(network) for network in (*made, plain))
    for key, values in one.items():
        np.testing.assert_array_equal(values, other[key])
        np.testing.assert_array_equal(values == 0, before[key] == 0)
    assert any((one[key] != before[key]).any() for key in one)
    for a, b in zip(*(network.populations for network in made), strict=True):
        np.testing.assert_array_equal(a.bias, b.bias)
        np.testing.assert_array_equal(a.initial, b.initial)


def quantized(trained: nn.Module, digits: Any, bits: int, activation_bits: int) -> Any:
    settings = QuantizeSettings(training=TrainSettings(epochs=1))
    data = (digits.train_images[:64], digits.train_labels[:64])
    return quantize(trained, bits, data, activation_bits=activation_bits, settings=settings)


def test_integer_weights_are_not_tuned(digits: Any, trained: nn.Module) -> None:
    small = quantized(trained, digits, 4, 2)
    plain, tuned = (convert(small, digits.train_images[:64], Rate(4, calibration=way)) for way in (None, FAST_ADVANCED))
    for key, values in weights_of(plain).items():
        np.testing.assert_array_equal(values, weights_of(tuned)[key])
    assert "weights are integers" in str(tuned.report)


def test_what_is_exact_is_left_alone(digits: Any, trained: nn.Module) -> None:
    """A quantised CNN with as many levels as steps, each layer gathering first, has nothing to correct but rounding."""
    small = quantized(trained, digits, 8, 3)
    network = convert(small, digits.train_images[:64], Rate(7, schedule="layerwise", calibration=FAST))
    assert all(before < 0.05 for before, _ in errors(network))


def test_too_few_samples_are_said(caplog: pytest.LogCaptureFixture) -> None:
    case = CASES["lenet"]
    network = convert(build(case), images(case, 15), Rate(4))
    assert "not done: expected at least 16 samples" in str(network.report) and "16 samples" in caplog.text
    with pytest.raises(InvalidInput, match="at least 16 samples"):
        convert(build(case), images(case, 15), Rate(4, calibration="advanced"))


def test_fine_tuning_lowers_the_loss_and_keeps_thresholds(digits: Any, trained: nn.Module) -> None:
    network = convert(trained, digits.train_images[:64], Rate(2, calibration=None))
    data = (torch.from_numpy(digits.train_images[:192]), torch.from_numpy(digits.train_labels[:192]))
    wanted = FineTune(epochs=3, rate=0.01, surrogate=Atan())
    one, other = (fine_tune(network, data, wanted) for _ in range(2))

    def loss(spiking: Network) -> float:
        logits = simulate(spiking, data[0].numpy()).logits * spiking.logit_scale
        return float(nn.functional.cross_entropy(torch.from_numpy(logits), data[1]))

    assert loss(one) < 0.8 * loss(network)
    for key, values in weights_of(one).items():
        np.testing.assert_array_equal(values, weights_of(other)[key])
    for a, b in zip(network.populations[1:-1], one.populations[1:-1], strict=True):
        np.testing.assert_array_equal(a.neuron.threshold, b.neuron.threshold)
    assert agreement(one, data[0][:32]) >= 0.9
    assert "fine-tuning" in str(one.report)


def test_fine_tuning_refuses_what_it_cannot_do(digits: Any, trained: nn.Module) -> None:
    network = convert(trained, digits.train_images[:32], Rate(2, calibration=None))
    data = (digits.train_images[:32], digits.train_labels[:32])
    with pytest.raises(InvalidNetwork, match="float32"):
        fine_tune(network.to_fixed(), data)
    with pytest.raises(InvalidInput, match="labels"):
        fine_tune(network, (data[0], data[1] + 5))
    with pytest.raises(InvalidInput, match="rate"):
        FineTune(rate=-1.0)
    assert network.projections[0].synapse.weights.told == "dense"
