"""Activations are found as one, written out or not; sums and what convert takes are none that is refused."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from spikewright.compress import GraphView, trace
from spikewright.compress.adapting.regions import Regions
from tests.compress.adapting.modern import ACTIVATIONS, around, images


def regions_of(inner: Callable[[Tensor], Tensor]) -> tuple[GraphView, Regions]:
    view = trace(around(inner), images(3))
    return view, Regions(view, view.graph_module.graph.nodes)


@pytest.mark.parametrize("told", ACTIVATIONS)
def test_each_activation_is_one_region_from_its_value_to_its_end(told: str) -> None:
    view, regions = regions_of(ACTIVATIONS[told])
    (top,) = regions.tops()
    assert regions.refused(top) and regions.told(top) == told
    assert regions.sources[top].name == "conv"
    assert [user.name for user in top.users] == ["flatten"]
    assert view.node(top.name).shape == view.node("conv").shape


@pytest.mark.parametrize("inner", [torch.relu, F.relu6, lambda x: torch.clamp(x, 0, 2)])
def test_what_has_a_spiking_form_is_found_but_not_refused(inner: Callable[[Tensor], Tensor]) -> None:
    _, regions = regions_of(inner)
    (top,) = regions.tops()
    assert not regions.refused(top)


@pytest.mark.parametrize("inner", [lambda x: 2 * x + 1, lambda x: x + x, lambda x: -x])
def test_straight_lines_are_no_activations(inner: Callable[[Tensor], Tensor]) -> None:
    assert regions_of(inner)[1].tops() == ()


def test_a_residual_stays_a_sum() -> None:
    _, regions = regions_of(lambda x: x + F.silu(x))
    (top,) = regions.tops()
    assert regions.told(top) == "silu"


def test_a_step_that_others_read_is_an_activation_of_its_own() -> None:
    def inner(x: Tensor) -> Tensor:
        one = F.silu(x)
        return torch.cat([one[:, :2], torch.tanh(one)[:, :2]], 1)

    _, regions = regions_of(inner)
    assert [regions.told(top) for top in regions.tops()] == ["silu", "silu+tanh"]
