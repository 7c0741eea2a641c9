"""Layers between two populations become one projection that makes what the layers make, one after the other."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from spikewright import InvalidNetwork
from spikewright.snn import (
    AvgPool2d,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Source,
    simulate,
)
from spikewright.snn.interop.chain import Chain

RANDOM = np.random.default_rng(0)
KERNEL, MATRIX = RANDOM.normal(size=(4, 2, 3, 3)), RANDOM.normal(size=(5, 32))
SCALE = np.array([0.5, 2.0, 1.0, 3.0])
IMAGES = RANDOM.random((3, 2, 8, 8)).astype(np.float32)


def made(build: Callable[[Chain], None], gain: Any = 1.0) -> np.ndarray:
    """What the projection of a chain makes of the images in one step."""
    chain = Chain("in", (2, 8, 8))
    build(chain)
    projection = chain.finished().projection("out", 0, np.asarray(gain))
    parts = (Population("in", (2, 8, 8), Source()), Population("out", chain.shape, Integrator()))
    found = simulate(Network(parts, (projection,), "in", "out", Direct(1)), IMAGES, engine="reference")
    return np.asarray(found.logits).reshape(3, *chain.shape)


def conv(chain: Chain) -> None:
    chain.weigh(Conv2d, KERNEL, ((1, 1), (1, 1), (1, 1), 1))


def torch_conv() -> torch.Tensor:
    return F.conv2d(torch.from_numpy(IMAGES).double(), torch.from_numpy(KERNEL), padding=1)


def test_pools_and_factors_in_front_of_weights() -> None:
    def build(chain: Chain) -> None:
        chain.pool((2, 2), (2, 2), average=True)
        chain.scale(SCALE[:2].reshape(2, 1, 1))
        chain.flatten()
        chain.weigh(Linear, MATRIX, ())

    pooled = F.avg_pool2d(torch.from_numpy(IMAGES).double(), 2) * torch.from_numpy(SCALE[:2]).reshape(2, 1, 1)
    np.testing.assert_allclose(made(build), F.linear(pooled.flatten(1), torch.from_numpy(MATRIX)), rtol=1e-5)


def test_factors_and_pools_behind_a_convolution() -> None:
    def build(chain: Chain) -> None:
        conv(chain)
        chain.scale(SCALE.reshape(4, 1, 1))
        chain.pool((3, 2), (2, 2), average=False)

    scaled = torch_conv() * torch.from_numpy(SCALE).reshape(4, 1, 1)
    wanted = F.avg_pool2d(scaled, (3, 2), 2, divisor_override=1)
    np.testing.assert_allclose(made(build), wanted, rtol=1e-4, atol=1e-4)


def test_what_neurons_multiply_their_input_by_goes_into_the_weights() -> None:
    np.testing.assert_allclose(
        made(conv, SCALE.reshape(4, 1, 1)),
        torch_conv() * torch.from_numpy(SCALE).reshape(4, 1, 1),
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize(
    ("build", "kind"),
    [
        (lambda chain: None, Identity),
        (lambda chain: chain.pool((2, 2), (2, 2), average=True), AvgPool2d),
        (lambda chain: chain.pool((3, 3), (2, 2), average=True), AvgPool2d),
    ],
)
def test_a_chain_without_weights(build: Callable[[Chain], None], kind: type) -> None:
    chain = Chain("in", (2, 8, 8))
    build(chain)
    assert type(chain.finished().synapse) is kind


def twice(first: Callable[[Chain], None], second: Callable[[Chain], None]) -> Callable[[Chain], None]:
    def build(chain: Chain) -> None:
        first(chain)
        second(chain)

    return build


@pytest.mark.parametrize(
    ("build", "what"),
    [
        (twice(conv, conv), "a neuron between two nodes"),
        (twice(conv, lambda chain: chain.flatten()), "a Flatten before the weights"),
        (lambda chain: chain.flatten(), "weights behind the Flatten"),
        (
            twice(lambda chain: chain.flatten(), lambda chain: chain.pool((2, 2), (2, 2), average=True)),
            r"on \(C, H, W\)",
        ),
        (lambda chain: chain.scale(RANDOM.random((2, 8, 8))), "one scale for each channel"),
        (
            twice(
                lambda chain: chain.pool((2, 2), (2, 2), average=True),
                lambda chain: chain.pool((3, 3), (1, 1), average=True),
            ),
            "overlapping windows behind another",
        ),
        (twice(conv, lambda chain: chain.pool((9, 9), (9, 9), average=True)), "that fits into"),
    ],
)
def test_what_is_no_projection_is_refused(build: Callable[[Chain], None], what: str) -> None:
    with pytest.raises(InvalidNetwork, match=what):
        made(build)


def test_a_delay_is_at_least_what_a_loop_needs() -> None:
    chain = Chain("in", (3,))
    chain.delay = 2
    assert [chain.finished().delayed(steps).delay for steps in (0, 1, 5)] == [2, 2, 5]
