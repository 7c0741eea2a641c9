"""Settings of a node are attributes in old files and inputs in new ones; both are read alike."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.steps import ImportedValue


def call(*inputs: Any, **attributes: Any) -> OnnxCall:
    return OnnxCall("Op", "op", Builder(), None, inputs, attributes, 18, Path())


def test_attributes_come_before_inputs() -> None:
    both = call(None, np.array([3, 4]), axes=[1], value=0.5, mode=b"constant")
    assert both.ints("axes", 1) == [1] and both.ints("other", 1) == [3, 4] and both.ints("other") is None
    assert both.number("value", 1, 9.0) == 0.5 and both.number("other", 0, 9.0) == 9.0
    assert both.attr("mode") == "constant" and both.attr("none", 2) == 2
    with pytest.raises(Unsupported, match="2 numbers as other"):
        both.number("other", 1, 0.0)


def test_sizes_without_the_batch_are_constants() -> None:
    assert call(OpenSizes((3, 4))).ints("", 0) == [3, 4]
    assert call(OpenSizes((3,), flat=False)).number("", 0, 0.0) == 3.0
    for value in (OpenSizes((None, 4)), ImportedValue("x", (2,))):
        with pytest.raises(Unsupported, match="input 0 that depends"):
            call(value).constant(0)


def test_inputs_that_are_left_out_are_none() -> None:
    assert call().given(2) is None and call(None).constant(0) is None
