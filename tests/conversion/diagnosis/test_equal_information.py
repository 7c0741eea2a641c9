"""The quantised CNN of equal information: levels, ranges, integers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Rate, Ttfs, baseline, convert
from spikewright.snn import (
    IF,
    Burst,
    Direct,
    Network,
    PhaseCode,
    QuantReLU,
    SignedIF,
    TernaryIF,
)
from spikewright.snn.neurons import Neuron
from tests.conversion.architectures import CASES, build, images

NO_TRAINING = QuantizeSettings(training=TrainSettings(epochs=0))


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
