"""The verdicts of docs/architectures.md: what converts is the model, whatever it is made of."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.conversion import Quantized, Rate, Ttfs, Unconvertible, convert, rewritten
from spikewright.conversion.reading.model import rewritten_view
from spikewright.snn import Identity, MaxGate, TernaryIF, simulate
from tests.conversion.architectures import CASES, Case, images, lively
from tests.conversion.blocks import BLOCKS, SIGNED
from tests.conversion.graphs import graphs
from tests.conversion.known import MobileNetV2
from tests.conversion.verdicts import IN_SMALL, answer, ended, judged, relative

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")
EXACT = 1e-9
FOLDED = 2e-5
"""Batch norms fold into float32 weights."""


@pytest.mark.parametrize("name", [*BLOCKS, *IN_SMALL])
def test_the_plan_and_the_spikes_are_the_model(name: str) -> None:
    verdict = judged({**BLOCKS, **IN_SMALL}[name])
    assert verdict.plan < FOLDED and verdict.spiking < 1e-4


@pytest.mark.parametrize("name", [*CASES, *BLOCKS, *SIGNED])
def test_the_plan_is_the_folded_graph_to_the_last_digits(name: str) -> None:
    case = {**CASES, **BLOCKS, **SIGNED}[name]
    model, x = lively(case), images(case)
    folded = rewritten_view(model, x)[0].graph_module
    assert relative(rewritten(model, x)(x), answer(folded, x)) < EXACT
    assert relative(rewritten(model, x)(x), answer(model, x)) < FOLDED


@pytest.mark.parametrize("name", SIGNED)
def test_rates_of_both_signs_approach_the_model(name: str) -> None:
    case = SIGNED[name]
    model, x = lively(case), images(case, 3)
    truth = answer(model, x)
    errors = {}
    for steps in (16, 256):
        network = convert(model, x, Rate(steps, percentile=100.0))
        assert any(isinstance(p.neuron, TernaryIF) for p in network.populations)
        logits = torch.from_numpy(simulate(network, x.numpy()).logits * network.logit_scale)
        errors[steps] = relative(logits.double().reshape(truth.shape), truth)
    assert errors[256] < min(errors[16] / 3, 0.15)


@pytest.mark.parametrize("name", SIGNED)
def test_values_of_both_signs_are_shifted_spike_times_and_no_levels(name: str) -> None:
    case = SIGNED[name]
    verdict = judged(case)
    assert verdict.plan < FOLDED and verdict.spiking < 1e-4 and not verdict.signed
    with pytest.raises(Unconvertible, match="; try"):
        convert(lively(case), images(case), Quantized())


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("name", ["max pools", "max of averages", "inception block", "concatenation", "clipped ReLUs"])
def test_rates_approach_the_model_in_both_schedules(name: str, schedule: str) -> None:
    case = BLOCKS[name]
    model, x = lively(case), images(case, 3)
    truth = answer(model, x)
    errors = {}
    for steps in (16, 256):
        network = convert(model, x, Rate(steps, percentile=100.0, schedule=schedule))
        logits = simulate(network, x.numpy()).logits * network.logit_scale
        errors[steps] = relative(torch.from_numpy(logits).double().reshape(truth.shape), truth)
    assert errors[256] < min(errors[16] / 3, 0.15)


@settings(max_examples=30, deadline=None)
@given(case=graphs(), seed=st.integers(0, 99))
def test_random_graphs_convert_exactly(case: Case, seed: int) -> None:
    """Whatever the blocks, the plan is the model, and so are the spikes."""
    model, x = lively(case, seed), images(case, 3)
    truth = answer(model, x)
    scale = max(float(truth.abs().max()), 1e-3)
    plan = rewritten(model, x)
    assert float((plan(x) - answer(rewritten_view(model, x)[0].graph_module, x)).abs().max()) < EXACT * scale
    assert float((plan(x) - truth).abs().max()) < 1e-5 * scale
    network = convert(model, x, Ttfs(ranges="interval"))
    found = simulate(network, x.numpy(), engine="reference").logits * network.logit_scale
    shaped = ended(torch.from_numpy(found).double(), plan.plan.ending, truth)
    assert float((shaped - truth).abs().max()) < 1e-4 * scale


def test_a_concatenation_of_sums_is_one_population_with_slices() -> None:
    case = BLOCKS["concatenation of sums"]
    network = convert(lively(case), images(case), Ttfs())
    joined = next(p for p in network.populations if p.shape == (7, 6, 6))
    assert [q.channels for q in network.incoming[joined.name]] == [(0, 3), (3, 7)]


def test_a_max_pool_is_a_gate_behind_its_neurons() -> None:
    network = convert(lively(IN_SMALL["LeNet-5"]), images(IN_SMALL["LeNet-5"]), Rate(8))
    gates = [p for p in network.populations if isinstance(p.neuron, MaxGate)]
    assert [p.shape for p in gates] == [(6, 14, 14), (16, 5, 5)]
    assert all(row.neurons for row in network.report if row.kind == "maxpool" and row.action == "rewritten")


def test_linear_bottlenecks_merge_into_the_layers_behind_them() -> None:
    """No population has two signs: the expansion reads the ReLUs in front of the bottleneck."""
    case = Case(lambda: MobileNetV2(0.25, 32, stages=4), (3, 8, 8))
    network = convert(lively(case), images(case), Rate(4))
    assert not any(isinstance(p.neuron, TernaryIF) for p in network.populations)
    assert not any(isinstance(q.synapse, Identity) for q in network.projections)
    assert "merged with the layers in front of it" in str(network.report)


def test_the_limit_of_a_clipped_relu_is_its_largest_threshold() -> None:
    case = BLOCKS["clipped ReLUs"]
    network = convert(lively(case), images(case), Rate(8))
    assert len(network.populations) == 5  # the second of two limits does nothing
    for population, limit in zip(network.populations[1:4], (1.5, 0.25, 6.0), strict=True):
        assert np.max(population.neuron.threshold) <= limit


def test_every_layer_has_a_row_with_its_parameters_and_neurons() -> None:
    for name in ("MobileNetV2", "DenseNet", "Inception"):
        case = IN_SMALL[name]
        model = lively(case)
        network = convert(model, images(case), Ttfs(ranges="interval"))
        told = sum(row.parameters for row in network.report)
        assert told >= sum(p.numel() for n, p in model.named_parameters() if p.ndim > 1)
        neurons = sum(p.size for p in network.populations)
        assert sum(row.neurons for row in network.report) == neurons
        assert all(row.detail for row in network.report)
