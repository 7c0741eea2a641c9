"""The differentiable twin: its values are the engine's, and its gradients exist and are right where they can be
derived.
"""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import (
    IF,
    LIF,
    AvgPool2d,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    Source,
    TtfsCode,
    dense,
    simulate,
)
from spikewright.snn.twin.network import Twin, number_type
from spikewright.snn.twin.surrogates import Atan, Exponential, RateBased, Rectangle, Surrogate, Triangle
from spikewright.weights import Expression
from tests.snn.strategies import ORDERED, cases
from tests.snn.twin.small_twins import one_neuron

SURROGATES: list[Surrogate] = [Triangle(), Triangle(0.5), Exponential(), Rectangle(2.0), Atan(), RateBased()]


class Draw:
    """Random parts of a network: integers in fixed point, multiples of 1/16 in float32, where every sum is exact."""

    def __init__(self, seed: int, fixed: bool) -> None:
        self.rng, self.fixed = np.random.default_rng(seed), fixed

    def numbers(self, low: int, high: int, *shape: int) -> np.ndarray[Any, Any]:
        values = self.rng.integers(low, high + 1, size=shape)
        return values.astype(np.int64) if self.fixed else (values / 16).astype(np.float32)

    def weights(self, *shape: int) -> Expression:
        values = self.numbers(-7, 7, *shape)
        return dense(values.astype(np.int8) if self.fixed else values)

    def neuron(self, kind: str, channels: int) -> Any:
        threshold = self.numbers(4, 40, channels)
        if kind == "lif":
            return LIF(threshold, 0.25, "zero" if self.rng.random() < 0.5 else "subtract")
        if kind == "quant":
            multiplier = self.rng.integers(1, 60, channels) if self.fixed else self.rng.integers(1, 9, channels) / 4
            return QuantReLU(multiplier, 6 if self.fixed else 0, 15)
        if kind == "ramp":
            return Ramp(2.0, 8 if self.rng.random() < 0.5 else None)
        return IF(threshold, "zero" if kind == "zero" else "subtract")

    def population(self, name: str, shape: tuple[int, ...], neuron: Any) -> Population:
        bias = self.numbers(-5, 5, shape[0])
        bits = 12 if self.fixed else None
        return Population(name, shape, neuron, bias, self.numbers(0, 9, shape[0]), bits)


def draw_network(seed: int, kind: str, code: Any, schedule: Any, fixed: bool) -> Network:
    """Two convolutions (stride, padding, dilation, groups), a residual, a pool, a slice, a pool in front of the
    linear output.
    """
    draw = Draw(seed, fixed)
    gain = 1 if fixed else 0.25
    populations = (
        Population("in", (2, 8, 8), Source()),
        draw.population("a", (4, 4, 4), draw.neuron(kind, 4)),
        draw.population("b", (4, 4, 4), draw.neuron(kind, 4)),
        draw.population("c", (6, 2, 2), draw.neuron(kind, 6)),
        draw.population("out", (5,), Integrator()),
    )
    projections = (
        Projection("in", "a", Conv2d(draw.weights(4, 1, 3, 3), (2, 2), (1, 1), groups=2)),
        Projection("a", "b", Conv2d(draw.weights(4, 4, 2, 2), (1, 1), (1, 1), (2, 2)), shift=1 if fixed else 0),
        Projection("a", "b", Identity(draw.numbers(1, 8, 4)), name="residual"),
        Projection("b", "c", AvgPool2d((2, 2), (2, 2), gain), channels=(0, 4)),
        Projection("b", "c", Conv2d(draw.weights(2, 4, 1, 1)), pool=(2, 2), channels=(4, 6), name="slice"),
        Projection("c", "out", Linear(draw.weights(5, 6)), pool=(2, 2)),
    )
    return Network(populations, projections, "in", "out", code, schedule, numbers="fixed" if fixed else "float32")


def draw_images(seed: int) -> torch.Tensor:
    """Pixels on a grid of 1/16."""
    rng = np.random.default_rng(seed + 1)
    return torch.tensor(rng.integers(0, 17, (3, 2, 8, 8)) / 16, dtype=torch.float32)


def reference(network: Network, images: torch.Tensor) -> np.ndarray[Any, Any]:
    return simulate(network, images.numpy(), engine="reference").logits


STEPPED = st.tuples(st.sampled_from(["if", "zero", "lif"]), st.sampled_from([Direct(4, 16), RateCode(5)]))
ONE_STEP = st.just(("quant", Direct(1, 15)))


@settings(max_examples=40)
@given(
    st.integers(0, 10**6), st.one_of(STEPPED, ONE_STEP), st.sampled_from(["synchronous", "layerwise"]), st.booleans()
)
def test_torch_alone_equals_the_reference_exactly(seed: int, what: tuple[str, Any], schedule: str, fixed: bool) -> None:
    network, images = draw_network(seed, *what, schedule, fixed), draw_images(seed)
    twin = Twin(network, engine_values=False)
    np.testing.assert_array_equal(twin(images).numpy(), reference(network, images))


@pytest.mark.parametrize("family", ["spiking", "quantised", "timed"])
def test_drawn_networks_equal_the_reference_exactly(family: str) -> None:
    """Networks of every kind that has a gradient: random structure, storages, codes and readouts."""

    @settings(max_examples=60)
    @given(cases(family, layers=ORDERED))
    def law(case: Any) -> None:
        assume(case.network.readout != "first" or family == "timed")
        images = torch.from_numpy(case.images)
        twin = Twin(case.network, engine_values=False)
        np.testing.assert_array_equal(twin(images).numpy(), reference(case.network, images))

    law()


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from([None, 8]))
def test_torch_alone_equals_the_reference_on_time_codes(seed: int, levels: int | None) -> None:
    network, images = draw_network(seed, "ramp", TtfsCode(levels), "synchronous", False), draw_images(seed)
    np.testing.assert_array_equal(Twin(network, engine_values=False)(images).numpy(), reference(network, images))


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from(SURROGATES), st.booleans(), st.booleans())
def test_gradients_do_not_change_the_values(seed: int, surrogate: Surrogate, fixed: bool, detach: bool) -> None:
    network, images = draw_network(seed, "lif", Direct(4, 16), "synchronous", fixed), draw_images(seed)
    images.requires_grad_(True)
    twin = Twin(network, surrogate=surrogate, detach_reset=detach, engine_values=False)
    logits = twin(images)
    np.testing.assert_array_equal(logits.detach().numpy(), reference(network, images.detach()))
    (gradient,) = torch.autograd.grad(logits.sum(), images)
    assert torch.isfinite(gradient).all()


@pytest.mark.parametrize("surrogate", SURROGATES, ids=repr)
@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("code", [Direct(6, 16), RateCode(6)], ids=repr)
def test_every_surrogate_reaches_the_input(surrogate: Surrogate, schedule: Any, code: Any) -> None:
    images = draw_images(3).requires_grad_(True)
    twin = Twin(draw_network(3, "if", code, schedule, True), surrogate=surrogate, engine="reference")
    (gradient,) = torch.autograd.grad(twin(images).abs().sum(), images)
    assert gradient.abs().sum() > 0


@pytest.mark.parametrize("engine", [None, "reference"])
@pytest.mark.parametrize(
    ("kind", "code"), [("if", Direct(4)), ("lif", RateCode(3)), ("quant", Direct(1)), ("ramp", TtfsCode())]
)
def test_engine_values_are_the_engines_own(kind: str, code: Any, engine: str | None) -> None:
    network = draw_network(5, kind, code, "synchronous", False)
    images = torch.rand(6, 2, 8, 8, generator=torch.Generator().manual_seed(0)).requires_grad_(True)
    logits = Twin(network, engine=engine)(images)
    activity = simulate(network, images.detach().numpy(), engine=engine)
    np.testing.assert_array_equal(logits.detach().numpy().astype(activity.logits.dtype), activity.logits)
    assert torch.autograd.grad(logits.sum(), images)[0].abs().sum() > 0


def test_triangle_gradient_of_one_step_is_the_slope() -> None:
    """One step at U = 0.75, threshold 1: u = -1/4, slope 3/4."""
    x = torch.tensor([[0.75]], requires_grad=True)
    logits = Twin(one_neuron(IF(1.0), Direct(1)), surrogate=Triangle(), engine_values=False)(x)
    assert torch.autograd.grad(logits, x)[0].item() == 0.75


def test_wide_integers_are_computed_in_float64_and_wider_ones_refused() -> None:
    network = draw_network(0, "if", Direct(4, 16), "synchronous", True)
    assert number_type(network) == torch.float32

    def widened(bits: int) -> Network:
        wide = tuple(Population(p.name, p.shape, p.neuron, p.bias, p.initial, bits) for p in network.populations)
        return Network(wide, network.projections, "in", "out", network.code, numbers="fixed")

    assert number_type(widened(30)) == torch.float64
    with pytest.raises(InvalidNetwork, match="2\\*\\*53"):
        Twin(widened(60))


def test_wrong_shapes_are_refused() -> None:
    twin = Twin(draw_network(0, "if", Direct(4, 16), "synchronous", True), engine_values=False)
    with pytest.raises(InvalidInput, match="expected images"):
        twin(torch.zeros(1, 8, 8))
