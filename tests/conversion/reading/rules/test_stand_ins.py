"""Behind an obstacle the reading goes on as if its substitute stood there."""

from typing import cast

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright import SpikewrightError
from spikewright.compress import GraphNode, trace
from spikewright.conversion.reading import rules
from spikewright.conversion.reading.graph import surveyed
from spikewright.conversion.reading.rules import Rule
from spikewright.conversion.reading.values import Value
from spikewright.conversion.reading.walk import Walk
from tests.conversion.reading.obstacles import graphs

X = torch.rand(2, *graphs.SHAPE, generator=torch.Generator().manual_seed(0))


def _told(model: nn.Module) -> tuple[list[tuple[str, str]], set[str]]:
    plan, found = surveyed(trace(model.eval(), X), {})
    return [(one.node, one.what) for one in found], {unit.name for unit in plan.units}


def test_an_activation_goes_on_as_a_relu() -> None:
    told, units = _told(nn.Sequential(nn.Conv2d(4, 3, 3), nn.SiLU(), nn.Conv2d(3, 2, 3), nn.GELU()))
    assert told == [("_1", "SiLU"), ("_3", "GELU")] and units == {"_0", "_2"}


def test_a_sigmoid_inside_is_one_obstacle_for_all_its_readers() -> None:
    def twice(x: Tensor, conv: nn.Module) -> Tensor:
        x = torch.sigmoid(conv(x))
        return F.relu(conv(x)) + F.relu(conv(x.clone()))

    told, _ = _told(graphs.Inside(twice, nn.Conv2d(4, 4, 1)))
    assert told == [("sigmoid", "sigmoid")]


def test_an_ending_that_only_an_obstacle_reads_is_named_too() -> None:
    told, _ = _told(graphs.Inside(lambda x: F.normalize(x.softmax(1))))
    assert [what for _, what in told] == ["softmax", "norm of each image"]


def test_an_ending_that_is_reshaped_is_named_where_it_stands() -> None:
    told, _ = _told(
        nn.Sequential(nn.Flatten(), nn.Linear(144, 4), nn.Sigmoid(), nn.Unflatten(1, (4, 1, 1)), nn.Conv2d(4, 2, 1))
    )
    assert told == [("_2", "sigmoid")]


def test_a_gate_is_left_out_and_its_branch_is_not_judged() -> None:
    told, units = _told(graphs.Inside(graphs.opened, nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1)))
    assert told == [("mul", "squeeze-excite gate")] and units == {"first", "last"}


def test_what_has_no_shape_of_a_population_goes_on_all_the_same() -> None:
    told, _ = _told(graphs.Inside(lambda x: (x.reshape(-1, 2, 2, 6, 6) ** 2).reshape(-1, 4, 6, 6)))
    assert told[0] == ("pow_1", "power")


def test_an_output_without_form_is_named() -> None:
    told, _ = _told(nn.Sequential(nn.Conv2d(4, 3, 3), nn.ReLU(), nn.LayerNorm(4)))
    assert told == [("_2", "layer norm")]


def test_what_no_relu_can_follow_either_is_named_by_what_it_is() -> None:
    def twice(x: Tensor, conv: nn.Module) -> Tensor:
        return F.gelu(conv(x).reshape(-1, 2, 2, 6, 6)[:, :, :1].repeat(1, 1, 2, 1, 1)).view_as(x)

    told, _ = _told(graphs.Inside(twice, nn.Conv2d(4, 4, 1)))
    assert told == [("gelu", "GELU"), ("gelu", "gelu")]


class Plans(SpikewrightError, ValueError):
    """What a record of a plan says of numbers that do not fit."""


@pytest.mark.parametrize("fault", [KeyError, IndexError, RuntimeError, ValueError, Plans])
def test_a_fault_of_ours_shows_even_behind_an_obstacle(fault: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(walk: Walk, node: GraphNode) -> Value:
        raise fault("ours")

    monkeypatch.setitem(cast(dict[str, Rule], rules._RULES), "avgpool", broken)
    model = nn.Sequential(nn.Conv2d(4, 3, 3), nn.SiLU(), nn.AvgPool2d(2), nn.Conv2d(3, 2, 1))
    if fault is Plans:
        assert _told(model)[0] == [("_1", "SiLU")]
    else:
        with pytest.raises(fault, match="ours"):
            _told(model)
