"""The quantised CNN beside a spiking network: as many levels, the same rules for both, every number by its definition."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Rate, Ttfs, baseline, convert
from spikewright.conversion.diagnosis.baseline_record import Baseline
from spikewright.conversion.diagnosis.costs import inference_cost, number_bits
from spikewright.snn import (
    IF,
    Burst,
    Direct,
    Integrator,
    Linear,
    Network,
    PhaseCode,
    Population,
    Projection,
    QuantReLU,
    SignedIF,
    Source,
    TernaryIF,
    dense,
    simulate,
)
from spikewright.snn.neurons import Neuron
from tests.conversion.architectures import CASES, build, images

NO_TRAINING = QuantizeSettings(training=TrainSettings(epochs=0))


@given(st.integers(1, 10**6))
def test_bits_are_just_enough(levels: int) -> None:
    assert 2 ** number_bits(levels) >= levels + 1 > 2 ** (number_bits(levels) - 1)


def rate(name: str, steps: int = 5, **options: object) -> tuple[torch.nn.Module, Network, torch.Tensor]:
    case = CASES[name]
    model, x = build(case), images(case, 16)
    return model, convert(model, x, Rate(steps, **{"percentile": 99.9, "calibration": None, **options})), x  # type: ignore[arg-type]


def with_neurons(network: Network, change: Callable[[IF], Neuron]) -> Network:
    changed = (replace(p, neuron=change(p.neuron)) if isinstance(p.neuron, IF) else p for p in network.populations)
    return replace(network, populations=tuple(changed))


LEVELS: dict[str, tuple[Callable[[Network], Network], int]] = {
    "rate": (lambda n: n, 5),
    "more steps": (lambda n: replace(n, code=Direct(9)), 9),
    "bursts": (lambda n: with_neurons(n, lambda neuron: Burst(neuron.threshold, 3)), 15),
    "signed with a limit": (lambda n: with_neurons(n, lambda neuron: SignedIF(neuron.threshold, 3)), 3),
    "phase": (lambda n: replace(n, code=PhaseCode(4)), 15),
    "periods of phases": (lambda n: replace(n, code=PhaseCode(4, 2)), 15),
}


@pytest.mark.parametrize("name", LEVELS)
def test_as_many_levels_as_the_spiking_network(name: str) -> None:
    model, network, x = rate("residual")
    change, levels = LEVELS[name]
    found = baseline(model, change(network), x)
    hidden = [p.neuron for p in found.network.populations if isinstance(p.neuron, QuantReLU)]
    assert hidden and all(neuron.levels == levels for neuron in hidden)
    assert found.cnn.levels == found.snn.levels == levels + 1
    assert found.cnn.bits == found.snn.bits == int(np.ceil(np.log2(levels + 1)))
    assert found.cnn.accuracy is None and found.samples == len(x)


@pytest.mark.parametrize(
    ("name", "fixed"),
    [("mlp", False), ("mlp", True), ("lenet", True), ("depthwise", True), ("residual", False)],
)
def test_many_levels_are_the_model(name: str, fixed: bool) -> None:
    """The finer the levels, the nearer the CNN is to the model: with 255 of them it predicts the same."""
    model, network, x = rate(name, 255)
    labels = model(x).argmax(1)
    found = baseline(model, network.to_fixed(weight_bits=10, potential_bits=20) if fixed else network, x, (x, labels))
    assert found.network.numbers == ("fixed" if fixed else "float32")
    assert found.cnn.accuracy == 1.0 and found.cnn.additions == 0.0


def test_the_integer_cnn_of_a_residual_network() -> None:
    model, network, x = rate("residual", 7)
    found = baseline(model, network.to_fixed(), x)
    assert found.network.numbers == "fixed" and found.cnn.levels == found.snn.levels == 8


def test_one_step_is_one_bit() -> None:
    """With one level a spike is the activation: the layerwise network and the CNN of a model with QuantReLUs cost the same."""
    case = CASES["lenet"]
    x = images(case, 16)
    model = quantize(build(case), 4, (x, torch.zeros(16, dtype=torch.int64)), activation_bits=1, settings=NO_TRAINING)
    found = baseline(
        model, convert(model, x, Rate(1, schedule="layerwise", calibration=None)), x, (x, model(x).argmax(1))
    )
    assert "own QuantReLUs" in found.how and found.cnn.accuracy == found.snn.accuracy == 1.0
    for name in (
        "operations",
        "levels",
        "bits",
        "activations_written_bits",
        "activations_read_bits",
        "weights_read_bits",
    ):
        assert getattr(found.cnn, name) == getattr(found.snn, name)
    assert found.snn.additions > 0 == found.cnn.additions


def test_a_number_is_sent_once_and_its_spikes_one_by_one() -> None:
    """Layerwise a count equals the integer: the CNN's operations are those of its non-zero activations."""
    case = CASES["lenet"]
    x = images(case, 16)
    model = quantize(build(case), 4, (x, torch.zeros(16, dtype=torch.int64)), activation_bits=3, settings=NO_TRAINING)
    network = convert(model, x, Rate(7, schedule="layerwise", calibration=None))
    found = baseline(model, network, x)
    one, other = (simulate(n, x.numpy(), record=("rasters",)) for n in (found.network, network))
    for population in found.network.populations[1:-1]:
        values = one.rasters[population.name][0]
        np.testing.assert_array_equal(values, other.rasters[population.name].sum(axis=0))
        assert one.spikes[population.name].sum() == (values > 0).sum()
    assert found.cnn.operations < found.snn.operations


def tiny(neuron: Neuron, code: Direct) -> Network:
    """Four inputs, eight neurons with the weights 1 of every second input, three classes."""
    weights = np.zeros((8, 4), np.float32)
    weights[:, ::2] = 1.0
    populations = (
        Population("input", (4,), Source()),
        Population("a", (8,), neuron),
        Population("b", (3,), Integrator()),
    )
    links = (
        Projection("input", "a", Linear(dense(weights))),
        Projection("a", "b", Linear(dense(np.ones((3, 8), np.int8), np.ones(3)))),
    )
    return Network(populations, links, "input", "b", code)


def test_costs_by_hand() -> None:
    """The image (1, 1, 0, 0) in real numbers: one of its two pixels meets weights, 8 of them; every neuron gets 1 a step."""
    x = np.array([[1, 1, 0, 0]], np.float32)
    snn = tiny(IF(2.0), Direct(6))  # three spikes each
    cost = inference_cost(snn, simulate(snn, x))
    assert (cost.levels, cost.bits) == (7, 3)
    assert (cost.multiply_accumulates, cost.additions) == (8, 3 * 8 * 3)
    assert cost.activations_written_bits == min(8 * 6, 24 * 3)  # dense: one bit for each neuron and step
    assert cost.activations_read_bits == min(4 * 32, 2 * (2 + 32)) + 8 * 6  # the two pixels with their addresses
    assert cost.weights_read_bits == 8 * 32 + 72 * 2  # the integer 1 takes two bits, in two's complement
    assert cost.sums_bits == 2 * 32 * (80 + 6 * (8 + 3))
    cnn = tiny(QuantReLU(1.0, 0, 6), Direct(1))
    cost = inference_cost(cnn, simulate(cnn, x))
    assert (cost.levels, cost.bits) == (7, 3)
    assert (cost.multiply_accumulates, cost.additions) == (8 + 8 * 3, 0)
    assert cost.activations_written_bits == 8 * 3
    assert cost.bits_moved == cost.activations_written_bits + cost.activations_read_bits + cost.weights_read_bits


def test_a_sparse_population_sends_addresses() -> None:
    x = np.array([[1, 0, 0, 0]], np.float32)
    snn = tiny(IF(np.array([6.0, *[100.0] * 7])), Direct(6))  # one spike of one neuron
    assert inference_cost(snn, simulate(snn, x)).activations_written_bits == 3
    signed = tiny(TernaryIF(np.array([6.0, *[100.0] * 7]), 100.0), Direct(6))
    assert inference_cost(signed, simulate(signed, x)).activations_written_bits == 4  # and a sign


def test_side_by_side() -> None:
    model, network, x = rate("lenet")
    found = baseline(model, network, x)
    assert isinstance(found, Baseline) and "CNN at equal information" in str(found)
    table = {row["measure"]: row for row in found.table}
    assert table["operations"]["SNN / CNN"] == pytest.approx(found.snn.operations / found.cnn.operations)
    assert [row["side"] for row in found.rows()] == ["CNN at equal information", "SNN"]


def test_what_has_no_equal_is_refused() -> None:
    model, network, x = rate("mlp")
    with pytest.raises(InvalidInput, match=r"Ttfs\(levels=255\)"):
        baseline(model, convert(model, x, Ttfs()), x)
    signed = with_neurons(network, lambda neuron: TernaryIF(neuron.threshold, neuron.threshold))
    with pytest.raises(InvalidInput, match="both signs"):
        baseline(model, signed, x)
    with pytest.raises(InvalidInput, match="none of its layers"):
        baseline(build(CASES["lenet"]), network, images(CASES["lenet"]))
    with pytest.raises(InvalidInput, match="labels"):
        baseline(model, network, x, (x, torch.zeros(3)))
