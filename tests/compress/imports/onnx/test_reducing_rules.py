"""Sums, means and maxima over axes: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest

from tests.compress.imports.onnx_graphs import Case, Spec, ints, same_as_onnx

TURN: list[tuple[str, list[str], dict[str, list[int]]]] = [("Transpose", ["x"], {"perm": [0, 2, 3, 1]})]
CASES: dict[str, Case] = {
    "sum over pixels": ([("ReduceSum", ["x", "axes"], {"keepdims": 0})], {"axes": ints(2, 3)}),
    "least of rows": ([("ReduceMin", ["x", "axes"], {})], {"axes": ints(-2)}),
    "no axes, nothing": ([("ReduceSum", ["x"], {"noop_with_empty_axes": 1})], {}),
    "channels last, over channels": ([*TURN, ("ReduceMean", ["v0", "axes"], {})], {"axes": ints(-1)}),
    "channels last, over rows": ([*TURN, ("ReduceMax", ["v0", "axes"], {"keepdims": 0})], {"axes": ints(1)}),
    "channels last, sum of squares": ([*TURN, ("ReduceSumSquare", ["v0", "axes"], {})], {"axes": ints(-1, 1)}),
    "product": ([("ReduceProd", ["x", "axes"], {"keepdims": 0})], {"axes": ints(2, 3)}),
    "logarithm of a sum": ([("Abs", ["x"], {}), ("ReduceLogSum", ["v0", "axes"], {})], {"axes": ints(1)}),
    "sums of absolute numbers": ([("ReduceL1", ["x", "axes"], {})], {"axes": ints(1, 3)}),
    "norms": ([("ReduceL2", ["x", "axes"], {"keepdims": 0})], {"axes": ints(1)}),
    "no axes, absolute numbers": ([("ReduceL2", ["x"], {"noop_with_empty_axes": 1})], {}),
    "running sum": ([("CumSum", ["x", "axes"], {})], {"axes": np.int64(2)}),
    "running sum from the end, without the place itself": (
        [("CumSum", ["x", "axes"], {"reverse": 1, "exclusive": 1})],
        {"axes": np.int64(-1)},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


@pytest.mark.parametrize("reverse", [0, 1])
@pytest.mark.parametrize("axis", [2, -2, 3])
def test_running_products_without_the_place_itself(axis: int, reverse: int, tmp_path: Path) -> None:
    nodes: list[Spec] = [("CumProd", ["x", "axis"], {"exclusive": 1, "reverse": reverse})]
    same_as_onnx((nodes, {"axis": np.int64(axis)}, ("n", 3, 8, 1)), tmp_path, opset=26)
