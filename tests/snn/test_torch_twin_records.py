"""The twin of every record: torch alone gives the reference's numbers, and a gradient that means something; else it says why."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Bursts,
    Conv1d,
    ConvTranspose2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    MaxGate,
    Network,
    PhaseCode,
    Poisson,
    Population,
    Projection,
    Ramp,
    RateCode,
    SignedIF,
    SingleBurst,
    Source,
    TernaryIF,
    TtfsCode,
    Upsample,
    Windows,
    dense,
    simulate,
)
from spikewright.snn.twin.network import Twin
from spikewright.snn.twin.surrogates import Exponential, RateBased, Triangle
from tests.snn.every_record import NETWORKS, SHAPE, network

NO_IMAGES = {"Delta", "AddressEvents"}
DECIDING = {"TerminateDelta", "TerminateMax", "Quiescence"}
TWINS = sorted(set(NETWORKS) - NO_IMAGES - DECIDING)
SLOPE = Triangle(2.0)


def images_for(some: Network, count: int = 3) -> torch.Tensor:
    """Sixteenths, so that all sums are exact."""
    random = np.random.default_rng(0)
    return torch.tensor(random.integers(0, 17, (count, *some.by_name[some.input].shape)) / 16, dtype=torch.float32)


def reference(some: Network, images: torch.Tensor) -> np.ndarray[Any, Any]:
    return simulate(some, images.detach().numpy(), engine="reference").logits


def equal(some: Network, surrogate: Any = SLOPE) -> None:
    images = images_for(some).requires_grad_(True)
    logits = Twin(some, surrogate=surrogate, engine_values=False)(images)
    wanted = reference(some, images)
    np.testing.assert_array_equal(logits.detach().numpy(), wanted if some.tail is None else wanted.astype(np.float32))
    (gradient,) = torch.autograd.grad(logits.square().sum(), images)
    assert torch.isfinite(gradient).all()
    assert gradient.abs().sum() > 0


@pytest.mark.parametrize("fixed", [False, True], ids=["float32", "fixed"])
@pytest.mark.parametrize("name", TWINS)
def test_every_record_has_a_twin(name: str, fixed: bool) -> None:
    equal(NETWORKS[name].to_fixed(weight_bits=5, potential_bits=16) if fixed else NETWORKS[name])


NEURONS: dict[str, Any] = {
    "IF": IF(0.5, "zero", 1),
    "LIF": LIF(0.25, 0.5, refractory=2),
    "SignedIF": SignedIF(0.5),
    "SignedIF with a limit": SignedIF(0.25, 2),
    "TernaryIF": TernaryIF(0.5, 0.75),
    "Burst": Burst(0.25, 4),
}
CODES = [Direct(5, 16, 2), RateCode(4), Bursts(4, 3), Poisson(6, 0.75, 3), SingleBurst(5)]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(list(NEURONS)), st.sampled_from(CODES), st.sampled_from(["synchronous", "layerwise"]), st.booleans()
)
def test_every_neuron_under_every_code_and_schedule(name: str, code: Any, schedule: Any, gated: bool) -> None:
    """With a MaxGate behind the neurons or a convolution."""
    some = network(NEURONS[name], Windows((2, 2), (1, 1), (1, 1)) if gated else None, code, schedule=schedule)
    for twin in (some, some.to_fixed(weight_bits=5)):
        images = images_for(twin)
        np.testing.assert_array_equal(Twin(twin, engine_values=False)(images).numpy(), reference(twin, images))


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("neuron", [IF(0.5), LIF(0.5, 0.25)], ids=["IF", "LIF"])
def test_first_spikes(neuron: Any, schedule: Any) -> None:
    """Steps since the first spike: exact, and with a gradient from the spikes up to it.

    Layerwise the whole charge is there in the first step, far above the threshold, where a slope may well be zero.
    """
    some = network(code=RateCode(6))
    parts = (*some.populations[:-1], Population("out", (3,), neuron))
    equal(replace(some, populations=parts, readout="first", schedule=schedule), Exponential(0.5))


def test_only_spikes_up_to_the_first_matter_to_it() -> None:
    """One neuron, threshold 1, 0.5 a step: it fires in steps 1 and 3. Without the first spike the answer falls by two."""
    parts = (Population("in", (1,), Source()), Population("out", (1,), IF(1.0)))
    one = Network(parts, (Projection("in", "out", Linear(dense(np.ones((1, 1), np.float32)))),), "in", "out", Direct(4))
    pixels = torch.tensor([[0.5]], requires_grad=True)
    logits = Twin(replace(one, readout="first"), surrogate=Triangle(), detach_reset=True, engine_values=False)(pixels)
    assert logits.item() == 3.0
    # Step 0: slope 1/2, one share of the drive, one step gained. Step 1: slope 1, two shares, two steps. Step 3: nothing.
    assert torch.autograd.grad(logits, pixels)[0].item() == 0.5 * 1 * 1 + 1.0 * 2 * 2


@pytest.mark.parametrize("code", [RateCode(4), Direct(4)])
def test_a_gate_passes_the_gradient_to_the_winner(code: Any) -> None:
    """Four neurons with 1, 3, 2 and 0 spikes: only the second one's input has a gradient."""
    parts = (
        Population("in", (1, 2, 2), Source()),
        Population("a", (1, 2, 2), IF(1.0)),
        Population("b", (1, 1, 1), MaxGate()),
        Population("out", (1,), Integrator()),
    )
    links = (
        Projection("in", "a", Identity(1.0)),
        Projection("a", "b", Windows((2, 2), (2, 2))),
        Projection("b", "out", Linear(dense(np.ones((1, 1), np.float32)))),
    )
    some = Network(parts, links, "in", "out", code)
    pixels = torch.tensor([[[[0.25, 0.75], [0.5, 0.0]]]], requires_grad=True)
    logits = Twin(some, engine_values=False)(pixels)
    assert logits.item() == reference(some, pixels).item() == 3.0
    gradient = torch.autograd.grad(logits, pixels)[0].flatten()
    assert gradient.tolist() == [0.0, 4.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("code", "slope"),
    [(RateCode(8), 8.0), (Bursts(8, 3), 24.0), (Poisson(8, 0.5, 1), 4.0), (PhaseCode(3, 2), 14.0)],
    ids=repr,
)
def test_a_code_has_the_gradient_of_its_mean(code: Any, slope: float) -> None:
    """The charge that a pixel brings in the run, per unit of its value."""
    parts = (Population("in", (1,), Source()), Population("out", (1,), Integrator()))
    some = Network(parts, (Projection("in", "out", Linear(dense(np.ones((1, 1), np.float32)))),), "in", "out", code)
    pixels = torch.tensor([[0.4]], requires_grad=True)
    assert torch.autograd.grad(Twin(some, engine_values=False)(pixels), pixels)[0].item() == pytest.approx(slope)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(0, 1), st.integers(1, 2), st.booleans())
def test_geometry_of_transposed_and_flat_convolutions(
    kernel: int, stride: int, padding: int, more: int, dilation: int, grouped: bool
) -> None:
    groups, extra = 2 if grouped else 1, min(more, max(stride, dilation) - 1)
    random = np.random.default_rng(kernel * 100 + stride)
    values = (random.integers(-7, 8, (4, 2 // groups, kernel, kernel)) / 16).astype(np.float32)
    up = ConvTranspose2d(dense(values), (stride, 1), (padding, 0), (extra, 0), (dilation, 1), groups)
    line = Conv1d(dense(values[..., 0]), stride, padding, dilation, groups)
    for synapse, shape in ((up, SHAPE), (line, (2, 9)), (Upsample((stride, kernel), 0.5), SHAPE)):
        try:
            some = network(synapse=synapse, shape=shape)
        except InvalidNetwork:
            continue
        images = images_for(some)
        np.testing.assert_array_equal(Twin(some, engine_values=False)(images).numpy(), reference(some, images))


@pytest.mark.parametrize("name", sorted(NO_IMAGES | DECIDING))
def test_what_has_no_gradient_is_refused_before_it_runs(name: str) -> None:
    with pytest.raises(InvalidNetwork, match="code of images" if name in NO_IMAGES else "early decision"):
        Twin(NETWORKS[name], surrogate=Triangle())


def test_counts_know_no_time() -> None:
    with pytest.raises(InvalidNetwork, match="delay of projection 'back'"):
        Twin(NETWORKS["delay"], surrogate=RateBased())
    first = network()
    first = replace(first, populations=(*first.populations[:-1], Population("out", (3,), IF(0.5))), readout="first")
    with pytest.raises(InvalidNetwork, match="counts have no order"):
        Twin(first)


@pytest.mark.parametrize("levels", [None, 8])
def test_the_earliest_spike_passes_a_gate_in_time_codes(levels: int | None) -> None:
    some = network(Ramp(2.0, levels), Windows((2, 2), (2, 2)), TtfsCode(16))
    equal(some)
    equal(some.to_fixed(weight_bits=5, time_levels=16))
