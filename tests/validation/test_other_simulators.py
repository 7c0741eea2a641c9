"""Other simulators answer as the event engine does, spike for spike, wherever their neuron has the same law or is carried."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings

from spikewright import InvalidInput, InvalidNetwork, MissingTool
from spikewright.conversion import Rate as RateRecipe
from spikewright.conversion import convert
from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.zoo import load
from spikewright.snn import (
    IF,
    LIF,
    Dense,
    Direct,
    Integrator,
    Linear,
    Network,
    Poisson,
    Population,
    Projection,
    RateCode,
    Source,
    simulate,
)
from spikewright.snn.interop import brian2, norse, sinabs, snntorch, spikingjelly
from spikewright.snn.interop.tools import Outcome
from tests.snn.every_record import NETWORKS
from tests.snn.strategies import Case, cases

FEW = settings(max_examples=40, deadline=None)


def below(population: Population) -> Population:
    """Nobody starts at the threshold: snnTorch would reset before the first step."""
    spikes = isinstance(population.neuron, IF | LIF)
    return replace(population, initial=np.minimum(population.initial, 0)) if spikes else population


def shiftless(population: Population) -> Population:
    """No leak with reset by subtraction: snnTorch's is a shift of ours, whose sums are rounded otherwise."""
    neuron = population.neuron
    leaky = isinstance(neuron, LIF) and neuron.reset == "subtract"
    return below(replace(population, neuron=replace(neuron, reset="zero")) if leaky else population)  # type: ignore[type-var]


def adapted(network: Network, change: Any) -> Network:
    return replace(network, populations=tuple(change(p) for p in network.populations))


def assert_agrees(tool: Any, network: Network, images: Any, tolerance: float = 0.0) -> Outcome:
    """Counts of every neuron are those of the event engine; so is the potential, up to rounding."""
    activity = simulate(network, images, record=("rasters", "potentials"))
    outcome: Outcome = tool.simulate(network, images)
    assert outcome.differences(activity) == {}
    ours = activity.potentials[network.output][-1]
    np.testing.assert_allclose(outcome.potential, ours, rtol=tolerance, atol=tolerance)
    return outcome


@FEW
@given(case=cases("spiking", "float32"))
def test_snntorch_equals_event(case: Case) -> None:
    """Convolutions, pools, residuals, slices, per-channel thresholds and biases, both schedules; dyadic, so ties count."""
    assert_agrees(snntorch, adapted(case.network, shiftless), case.images)


@FEW
@given(case=cases("spiking", "float32"))
def test_norse_equals_event(case: Case) -> None:
    assert_agrees(norse, case.network, case.images, 1e-5)


@FEW
@given(case=cases("spiking", "float32"))
def test_sinabs_equals_event(case: Case) -> None:
    """Its law is ours, operation by operation: everything is equal."""
    assert_agrees(sinabs, case.network, case.images)


@FEW
@given(case=cases("spiking", "float32"))
def test_spikingjelly_equals_event(case: Case) -> None:
    """Leaky neurons with several thresholds are counted in thresholds, which rounds unless these are powers of two."""
    assert_agrees(spikingjelly, adapted(case.network, even), case.images, 1e-5)


def even(population: Population) -> Population:
    neuron = population.neuron
    if not isinstance(neuron, LIF) or np.ndim(neuron.threshold) == 0:
        return population
    return replace(population, neuron=replace(neuron, threshold=2.0 ** np.round(np.log2(neuron.threshold))))


@settings(max_examples=8, deadline=None, phases=[Phase.generate])  # a second each: no shrinking
@given(case=cases("spiking", "float32"))
def test_brian2_equals_event(case: Case) -> None:
    assert_agrees(brian2, replace(case.network, schedule="synchronous"), case.images, 1e-5)


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("leak", [None, 0.25])
@pytest.mark.parametrize("code", [Direct(6), RateCode(6)], ids=["direct", "rate"])
def test_every_law_in_every_tool(reset: Any, leak: float | None, code: Any) -> None:
    """Two layers with generic weights: v0, biases and thresholds of each channel; no exact ties in such numbers."""
    network, images = two_layers(reset, leak, code)
    for tool in (brian2, snntorch, norse, sinabs, spikingjelly):
        assert_agrees(tool, network, images, 1e-4)


def two_layers(reset: Any, leak: float | None, code: Any) -> tuple[Network, Any]:
    random = np.random.default_rng(7)
    first, last = (random.normal(0, 0.5, shape).astype(np.float32) for shape in ((20, 8), (4, 20)))

    def neuron(count: int) -> Any:
        threshold = random.uniform(0.5, 1.5, count).astype(np.float32)
        return IF(threshold, reset) if leak is None else LIF(threshold, leak, reset)

    populations = (
        Population("in", (8,), Source()),
        Population("a", (20,), neuron(20), random.normal(0, 0.2, 20).astype(np.float32), 0.25),
        Population("out", (4,), neuron(4), 0.0, random.uniform(0, 0.4, 4).astype(np.float32)),
    )
    projections = (Projection("in", "a", Linear(Dense(first))), Projection("a", "out", Linear(Dense(last))))
    network = Network(populations, projections, "in", "out", code, readout="count")
    return network, random.random((5, 8), dtype=np.float32)


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


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("tool", [snntorch, norse, sinabs, spikingjelly])
def test_max_pooling_is_carried_by_a_wrapper(tool: Any, schedule: Any) -> None:
    network, random = replace(NETWORKS["MaxGate"], schedule=schedule), np.random.default_rng(2)
    outcome = assert_agrees(tool, network, (random.integers(0, 17, (6, 2, 4, 4)) / 16).astype(np.float32))
    assert outcome.spikes["b"].sum() > 20


def test_bursts_in_sinabs() -> None:
    """MaxSpike(n) sends as many spikes as thresholds fit, at most n."""
    network, random = NETWORKS["Burst"], np.random.default_rng(2)
    outcome = assert_agrees(sinabs, network, (random.integers(0, 17, (6, 2, 4, 4)) / 16).astype(np.float32))
    assert outcome.spikes["a"].max() > network.steps


@pytest.mark.parametrize(
    ("tool", "kind"), [(snntorch, "Leaky"), (norse, "IAFCell"), (sinabs, "IAF"), (spikingjelly, "IFNode")]
)
def test_the_module_holds_the_layers_of_the_tool(tool: Any, kind: str) -> None:
    module = getattr(tool, f"to_{tool.__name__.rpartition('.')[2]}")(NETWORKS["Integrator"])
    assert {type(layer).__name__ for layer in module.neurons.values()} == {kind}
    assert set(module.synapses) == {q.name for q in NETWORKS["Integrator"].projections}


@pytest.mark.parametrize("name", ["delay", "refractory", "refractory leak", "Identity", "AvgPool2d"])
def test_brian2_knows_delays_and_refractory_steps(name: str) -> None:
    network = NETWORKS[name]
    random = np.random.default_rng(1)
    shape = network.by_name[network.input].shape
    assert_agrees(brian2, network, (random.integers(0, 17, (2, *shape)) / 16).astype(np.float32), 1e-6)


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


def test_snntorch_is_not_started_at_the_threshold() -> None:
    network = adapted(two_layers("subtract", None, RateCode(3))[0], lambda p: replace(p, initial=2.0))
    with pytest.raises(InvalidNetwork, match="before the first step"):
        snntorch.to_snntorch(network)


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


def test_a_difference_is_found() -> None:
    network, images = two_layers("zero", None, RateCode(5))
    activity = simulate(network, images, record=("rasters",))
    spikes = {p: activity.rasters[p].sum(axis=0) for p in ("a", "out")}
    spikes["a"][0, 0] += 1
    outcome = Outcome("other", spikes, np.zeros((5, 4)))
    assert outcome.differences(activity) == {"a": 1} == outcome.differences(simulate(network, images))
    with pytest.raises(InvalidInput, match="same batch"):
        outcome.differences(simulate(network, images[:2]))


def test_all_synapses_are_made_explicit() -> None:
    """A pooled projection, as Brian2 gets it: one synapse for each place of a window."""
    parts = (Population("in", (1, 2, 2), Source()), Population("out", (3,), Integrator()))
    weights = np.array([[1.0], [0.0], [2.0]], dtype=np.float32)
    network = Network(parts, (Projection("in", "out", Linear(Dense(weights)), (2, 2)),), "in", "out", RateCode(1))
    pre, post, values = brian2.explicit(network, network.projections[0])
    found = set(zip(pre.tolist(), post.tolist(), values.tolist(), strict=True))
    assert found == {(i, j, w) for i in range(4) for j, w in ((0, 1.0), (2, 2.0))}
