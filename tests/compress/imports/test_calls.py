"""Arguments of an operator are looked at in one way: values, constants and weights are told apart by name or number."""

from typing import Any

import numpy as np
import pytest
import torch

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.steps import ImportedValue

VALUE = ImportedValue("x", (2, 3))


def call(**arguments: Any) -> AtenCall:
    return AtenCall("op", "op", Builder(), None, arguments)


def test_a_value_depends_on_the_input() -> None:
    assert call(input=VALUE).value() is VALUE and call(self=VALUE).value() is VALUE
    with pytest.raises(Unsupported, match="a constant as other"):
        call(self=VALUE, other=torch.ones(2)).value("other")


def test_a_value_in_another_order_is_put_into_that_of_the_file() -> None:
    turned = ImportedValue("x", (2, 3), axes=(0, 2, 1))
    assert call(input=turned).any_layout() is turned
    assert call(input=turned).value().channels_first and call(input=turned).value().shape == (3, 2)


@pytest.mark.parametrize("given", [np.ones((2, 2), np.float64), torch.ones(2, 2, dtype=torch.float16), 3.0])
def test_weights_are_finite_float32(given: Any) -> None:
    tensor = call(weight=given).weight("weight")
    assert tensor.dtype == torch.float32 and torch.equal(tensor, torch.as_tensor(given).float())


def test_what_is_no_weight_says_so() -> None:
    with pytest.raises(Damaged, match="NaN or infinity in weight"):
        call(weight=torch.tensor([np.inf])).weight("weight")
    with pytest.raises(Damaged, match="no weight"):
        call().weight("weight")
    assert call().tensor("bias") is None
    for given in (VALUE, OpenSizes((None, 2))):
        with pytest.raises(Unsupported, match="weight that depends"):
            call(weight=given).weight("weight")
