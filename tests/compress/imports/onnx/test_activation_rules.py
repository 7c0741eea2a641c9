"""Operators of each number by itself: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest

from tests.compress.imports.onnx_graphs import Case, Spec, numbers, same_as_onnx

ONE, SIX = np.float32(1), np.float32(6)
CASES: dict[str, Case] = {
    "relu6": ([("Clip", ["x", "low", "high"], {})], {"low": np.float32(0), "high": SIX}),
    "clip from below": ([("Clip", ["x", "low"], {})], {"low": np.float32(0)}),
    "a clip whose bounds are the same": ([("Clip", ["x", "low", "high"], {})], {"low": ONE, "high": ONE}),
    "a clip whose bounds are crossed": ([("Clip", ["x", "low", "high"], {})], {"low": SIX, "high": ONE}),
    "clip by maximum": ([("Max", ["x", "low"], {})], {"low": np.float32(0)}),
    "relu6 by minimum": ([("Relu", ["x"], {}), ("Min", ["high", "v0"], {})], {"high": ONE}),
    "leaky": ([("LeakyRelu", ["x"], {"alpha": 0.2})], {}),
    "prelu": ([("PRelu", ["x", "s"], {})], {"s": np.abs(numbers(3, 1, 1))}),
    "prelu, one slope": ([("PRelu", ["x", "s"], {})], {"s": np.array([0.25], np.float32)}),
    "prelu, a slope for each column": ([("PRelu", ["x", "s"], {})], {"s": numbers(8)}),
    "prelu, a slope for each place": ([("PRelu", ["x", "s"], {})], {"s": numbers(1, 3, 8, 8)}),
    "hard sigmoid of any slope": ([("HardSigmoid", ["x"], {"alpha": 0.3, "beta": 0.4})], {}),
    "selu of any factors": ([("Selu", ["x"], {"alpha": 2.0, "gamma": 3.0})], {}),
    "soft shrink": ([("Shrink", ["x"], {"lambd": 0.5, "bias": 0.5})], {}),
    "hard shrink": ([("Shrink", ["x"], {"lambd": 0.4})], {}),
    "shrink": ([("Shrink", ["x"], {"lambd": 0.4, "bias": 0.7})], {}),
    "celu": ([("Celu", ["x"], {"alpha": 2.0})], {}),
    "threshold": ([("ThresholdedRelu", ["x"], {"alpha": 0.5})], {}),
    "mish": ([("Mish", ["x"], {})], {}),
    "hard swish": ([("HardSwish", ["x"], {})], {}),
    "hyperbolic": ([("Sinh", ["x"], {}), ("Atan", ["v0"], {})], {}),
    "dropout and identity": ([("Identity", ["x"], {}), ("Dropout", ["v0"], {}), ("Relu", ["v1"], {})], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


@pytest.mark.parametrize("alpha", [1.0, 1.7])
def test_swish(alpha: float, tmp_path: Path) -> None:
    same_as_onnx(([("Swish", ["x"], {"alpha": alpha})], {}), tmp_path, opset=24)


def test_a_gate_by_swish(tmp_path: Path) -> None:
    nodes: list[Spec] = [("Neg", ["x"], {}), ("SwiGLU", ["x", "v0"], {"alpha": 1.7})]
    same_as_onnx((nodes, {}), tmp_path, opset=28)


def test_gelu(tmp_path: Path) -> None:
    same_as_onnx(([("Gelu", ["x"], {"approximate": "tanh"})], {}), tmp_path, opset=20)
