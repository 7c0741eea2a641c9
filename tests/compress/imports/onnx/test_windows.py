"""Windows and their padding: explicit, or such that the result has the size that auto_pad promises."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.windows import pads_of, transposed_pads_of, window_of
from spikewright.compress.imports.steps import ImportedValue


def call(**attributes: Any) -> OnnxCall:
    return OnnxCall("Conv", "conv", Builder(), None, (), attributes, 18, Path())


@given(st.integers(1, 12), st.integers(1, 4), st.integers(1, 3), st.integers(1, 2), st.sampled_from(["UPPER", "LOWER"]))
def test_same_padding_gives_as_many_windows_as_steps_fit(size: int, kernel: int, step: int, gap: int, end: str) -> None:
    made = call(auto_pad=f"SAME_{end}", strides=[step], dilations=[gap])
    source = ImportedValue("x", (3, size))
    window = window_of(made, [kernel], source)
    (begin,), (behind,) = pads_of(made, window, source)
    assert (size + begin + behind - window.reach[0]) // step + 1 >= -(-size // step)
    assert abs(begin - behind) <= 1 and (begin <= behind if end == "UPPER" else begin >= behind)


def test_explicit_and_no_padding() -> None:
    source = ImportedValue("x", (3, 8, 8))
    window = window_of(call(), [3, 3], source)
    assert pads_of(call(pads=[0, 1, 2, 3]), window, source) == ([0, 1], [2, 3])
    assert pads_of(call(auto_pad="VALID"), window, source) == ([0, 0], [0, 0]) == pads_of(call(), window, source)


def test_a_transposed_convolution_is_cut_to_the_wanted_size() -> None:
    source = ImportedValue("x", (3, 8))
    made = call(output_shape=[15], strides=[2], auto_pad="SAME_UPPER")
    (begin,), (end,) = transposed_pads_of(made, window_of(made, [3], source), source, [0])
    assert (8 - 1) * 2 + 3 - begin - end == 15


@pytest.mark.parametrize(
    ("attributes", "what"),
    [
        ({"kernel_shape": [2]}, "with weights"),
        ({"strides": [1, 1]}, "a window"),
        ({"strides": [0]}, "steps"),
        ({"pads": [1]}, "padding"),
        ({"pads": [-1, 0]}, "padding"),
        ({"auto_pad": "SOME"}, "auto_pad 'SOME'"),
    ],
)
def test_contradictions_are_damage(attributes: dict[str, Any], what: str) -> None:
    source = ImportedValue("x", (3, 8))
    with pytest.raises(Damaged, match=what):
        pads_of(call(**attributes), window_of(call(**attributes), [3], source), source)
