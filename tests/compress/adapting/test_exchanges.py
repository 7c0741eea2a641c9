"""What is said comes before what is automatic; what fits no place is told."""

from dataclasses import dataclass
from typing import Any

import pytest
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import AdaptSettings, Substitute, TrainSettings, adapt, trace
from spikewright.compress.adapting.exchanges import chosen
from spikewright.compress.adapting.places import Place
from spikewright.compress.adapting.seen import Seen
from spikewright.compress.adapting.substitutes.clipped import Qcfs, Relu6
from tests.compress.adapting.modern import around, images, modern

VIEW = trace(modern(), images(3))


def told(wanted: dict[Any, Any], *, for_hardware: bool = False) -> dict[str, str]:
    choices = chosen(VIEW, wanted, for_hardware=for_hardware, one_by_one=False)
    return {place.name: choice.name for choice in choices for place in choice.places}


def test_what_convert_refuses_is_replaced_and_max_pooling_for_hardware() -> None:
    refused = {"norm": "batch_norm", "act": "relu", "mul": "constant_gate"}
    assert told({}) == refused
    assert told({}, for_hardware=True) == {**refused, "pool": "average_pool"}


@pytest.mark.parametrize("key", ["act", "SiLU", "silu", nn.SiLU, "nn.SiLU", "activation"])
def test_places_are_named_by_path_kind_of_layer_and_kind_of_place(key: Any) -> None:
    assert told({key: "relu6"})["act"] == told({key: Relu6()})["act"] == "relu6"
    assert "act" not in told({key: None}) and "act" not in told({key: "keep"})


def test_the_path_comes_before_the_kind() -> None:
    assert told({"SiLU": "relu6", "act": Qcfs(levels=3)})["act"] == "qcfs"


def test_max_pooling_is_replaced_where_it_is_named() -> None:
    assert told({"pool": "average_pool"})["pool"] == "average_pool"


def test_a_gate_that_stays_keeps_its_branch_and_what_is_in_it_is_replaced() -> None:
    found = told({"gate": None})
    assert "mul" not in found and found["silu"] == "relu"


def test_places_of_one_sort_go_together_or_one_by_one() -> None:
    view = trace(around(nn.Sequential(nn.SiLU(), nn.Conv2d(4, 4, 1), nn.SiLU())), images(3))
    counts = [len(chosen(view, {}, for_hardware=False, one_by_one=alone)) for alone in (False, True)]
    assert counts == [1, 2]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"pol": "average_pool"}, "try pool"),
        ({"act": "average_pool"}, "stands in for a pooling; try relu, relu6, qcfs"),
        ({"act": "rellu"}, "expected a substitute out of relu"),
        ({"act": 3}, "got 3; try one of relu"),
    ],
)
def test_what_cannot_be_is_told(wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        told(wanted)


@dataclass(frozen=True)
class Half(Substitute):
    """A user's own: a ReLU that ends at a half."""

    def made(self, place: Place, seen: Seen) -> nn.Module:
        return nn.Hardtanh(0.0, 0.5)


def test_a_users_own_is_found_by_its_place() -> None:
    own = "tests.compress.adapting.test_exchanges:Half"
    assert told({"SiLU": own})["act"] == "Half"
    made = adapt(
        modern(), images(), {"SiLU": own}, settings=AdaptSettings(step_epochs=0, training=TrainSettings(epochs=0))
    )
    assert any(isinstance(one, nn.Hardtanh) and one.max_val == 0.5 for one in made.model.modules())
