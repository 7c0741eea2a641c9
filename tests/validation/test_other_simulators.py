"""Other simulators answer as the event engine does, spike for spike, wherever their neuron has the same law or is carried."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikewright import InvalidInput, InvalidNetwork, MissingTool
from spikewright.conversion import Rate as RateRecipe
from spikewright.conversion import convert
from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.zoo import load
from spikewright.snn import (
    Direct,
    Poisson,
    RateCode,
    simulate,
)
from spikewright.snn.interop import brian2, norse, sinabs, snntorch, spikingjelly
from tests.snn.every_record import NETWORKS
from tests.snn.interop.agreement import assert_agrees, two_layers


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("leak", [None, 0.25])
@pytest.mark.parametrize("code", [Direct(6), RateCode(6)], ids=["direct", "rate"])
def test_every_law_in_every_tool(reset: Any, leak: float | None, code: Any) -> None:
    """Two layers with generic weights: v0, biases and thresholds of each channel; no exact ties in such numbers."""
    network, images = two_layers(reset, leak, code)
    for tool in (brian2, snntorch, norse, sinabs, spikingjelly):
        assert_agrees(tool, network, images, 1e-4)


@pytest.fixture(scope="module")
def digits() -> tuple[Any, Any, Any]:
    data = load_dataset("digits")
    return load("small-digits"), data.train_images[:100], data.test_images[:100]


@pytest.mark.parametrize("code", [Direct(8), RateCode(8)], ids=["direct", "rate"])
def test_converted_digits_network(digits: tuple[Any, Any, Any], code: Any) -> None:
    """The zoo's network on a hundred real images, with the weights it was trained to; Brian2 has every synapse of it."""
    model, samples, images = digits
    network = replace(convert(model, samples, RateRecipe(steps=8)), code=code)
    for tool in (snntorch, norse, sinabs, spikingjelly):
        assert_agrees(tool, network, images, 1e-3)
    assert_agrees(brian2, network, images[:: 1 if code.graded else 10], 1e-3)


SYNAPSES = (
    "Conv1d",
    "ConvTranspose2d",
    "Upsample",
    "AvgPool2d",
    "Identity",
    "Sparse",
    "Codebook",
    "a threshold for each neuron",
)


@pytest.mark.parametrize("name", SYNAPSES)
@pytest.mark.parametrize("tool", [snntorch, norse, sinabs, spikingjelly, brian2])
def test_every_synapse_in_every_tool(tool: Any, name: str) -> None:
    """Depthwise, transposed and one-dimensional convolutions, upsampling, pools, and every storage of weights."""
    network, random = NETWORKS[name], np.random.default_rng(1)
    shape = network.by_name[network.input].shape
    assert_agrees(tool, network, (random.integers(0, 17, (4, *shape)) / 16).astype(np.float32), 1e-5)


def test_codes_that_draw_give_every_tool_the_same_spikes() -> None:
    network, images = two_layers("zero", None, Poisson(6, 0.7, 3))
    moved = replace(network, populations=(network.populations[1], network.populations[0], network.populations[2]))
    for one in (network, moved):
        for tool in (snntorch, norse, brian2):
            assert_agrees(tool, one, images, 1e-4)


@pytest.mark.parametrize("tool", [snntorch, norse, sinabs, spikingjelly, brian2])
@pytest.mark.parametrize(
    "name", ["SignedIF", "TernaryIF", "LatchedIF", "FewSpike", "QuantReLU", "Ramp", "Phase", "SpikeSelect"]
)
def test_what_has_no_counterpart_is_refused_by_name(tool: Any, name: str) -> None:
    with pytest.raises(InvalidNetwork, match=r"no counterpart|does not know"):
        tool.simulate(NETWORKS[name], np.zeros((1, *NETWORKS[name].populations[0].shape)))


@pytest.mark.parametrize("tool", [snntorch, norse, spikingjelly])
def test_bursts_are_refused_where_neurons_send_one_spike(tool: Any) -> None:
    with pytest.raises(InvalidNetwork, match=r"population 'a'.*no Burst"):
        tool.simulate(NETWORKS["Burst"], np.zeros((1, 2, 4, 4)))
    with pytest.raises(InvalidNetwork, match="no counterpart in Brian2"):
        brian2.simulate(NETWORKS["MaxGate"], np.zeros((1, 2, 4, 4)))


@pytest.mark.parametrize("tool", [snntorch, norse, sinabs, spikingjelly])
@pytest.mark.parametrize(
    ("name", "what"), [("delay", "delay"), ("refractory", "refractory"), ("TerminateMax", "decision")]
)
def test_fields_that_a_tool_does_not_know_are_refused(tool: Any, name: str, what: str) -> None:
    with pytest.raises(InvalidNetwork, match=f"does not know '{what}'"):
        tool.simulate(NETWORKS[name], np.zeros((1, 2, 4, 4)))


def test_fixed_point_and_the_layerwise_schedule_are_refused() -> None:
    network, images = two_layers("zero", None, RateCode(3))
    with pytest.raises(InvalidNetwork, match="no fixed point"):
        snntorch.simulate(network.to_fixed(), images)
    with pytest.raises(InvalidNetwork, match="layerwise"):
        brian2.simulate(replace(network, schedule="layerwise"), images)
    with pytest.raises(InvalidInput, match="cpp_standalone"):
        brian2.simulate(network, images, target="fortran")  # type: ignore[arg-type]


@pytest.mark.parametrize("tool", [snntorch, norse, sinabs, spikingjelly, brian2])
def test_a_tool_that_is_not_installed(tool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tool.__name__.rpartition(".")[2]
    for name in [package, *(loaded for loaded in sys.modules if loaded.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    hint = "no-deps" if tool in (sinabs, spikingjelly) else rf"spikewright\[{package}\]"
    with pytest.raises(MissingTool, match=rf"{package}.*pip install.*{hint}"):
        tool.simulate(*two_layers("zero", None, RateCode(3)))
    with pytest.raises(InvalidInput, match=f"snn.interop.{package}.simulate"):
        simulate(*two_layers("zero", None, RateCode(3)), engine=package)
