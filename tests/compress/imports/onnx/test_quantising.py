"""Integer weights behind DequantizeLinear in an ONNX file are constants: the same numbers as onnx's own evaluator."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from spikewright import InvalidFile, InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Spec, expected, graph, numbers, written

IMAGES, VECTORS = numbers(3, 3, 8, 8), numbers(4, 8)
RNG = np.random.default_rng(0)
CODES = {
    "int8": RNG.integers(-128, 128, (5, 8)).astype(np.int8),
    "uint8": RNG.integers(0, 256, (5, 8)).astype(np.uint8),
    "int32": RNG.integers(-1000, 1000, (5, 8)).astype(np.int32),
    "uint16": RNG.integers(0, 65536, (5, 8)).astype(np.uint16),
}
EACH = np.linspace(0.001, 0.02, 5, dtype=np.float32)
GEMM: Spec = ("Gemm", ["x", "v0"], {"transB": 1})


def agree(model: onnx.ModelProto, images: np.ndarray, folder: Path) -> None:
    network = from_onnx(written(model, folder))
    with torch.no_grad():
        found = network(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(found, expected(model, images), rtol=1e-5, atol=1e-5)
    assert not any(node.target in ("dequantize", "quantize") for node in network.graph.nodes)


@pytest.mark.parametrize("each", [False, True], ids=["one scale", "a scale for each row"])
@pytest.mark.parametrize("zero", [False, True], ids=["no zero point", "zero point"])
@pytest.mark.parametrize("kind", CODES)
def test_weights_of_integers(kind: str, zero: bool, each: bool, tmp_path: Path) -> None:
    codes = CODES[kind]
    constants: dict[str, Any] = {"w": codes, "s": EACH if each else np.float32(0.01)}
    names = ["w", "s"]
    if zero and kind != "int32":
        point = np.arange(3, 8).astype(codes.dtype) if each else np.array(3, codes.dtype)
        constants, names = {**constants, "z": point}, [*names, "z"]
    nodes: list[Spec] = [("DequantizeLinear", names, {"axis": 0} if each else {}), GEMM]
    agree(graph(nodes, constants, ("n", 8), 21), VECTORS, tmp_path)


def test_weights_of_a_convolution_and_its_bias(tmp_path: Path) -> None:
    constants = {
        "w": RNG.integers(-127, 128, (4, 3, 3, 3)).astype(np.int8),
        "s": np.linspace(0.01, 0.02, 4, dtype=np.float32),
        "z": np.zeros(4, np.int8),
        "b": np.array([100, -200, 3, 40], np.int32),
        "t": np.float32(0.001),
    }
    nodes: list[Spec] = [
        ("DequantizeLinear", ["w", "s", "z"], {"axis": 0}),
        ("DequantizeLinear", ["b", "t"], {}),
        ("Conv", ["x", "v0", "v1"], {"pads": [1, 1, 1, 1]}),
        ("Relu", ["v2"], {}),
    ]
    agree(graph(nodes, constants, opset=19), IMAGES, tmp_path)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_float_weights_that_are_quantised_and_back(dtype: Any, tmp_path: Path) -> None:
    """Ties go to even, and what is too large saturates."""
    weight = np.concatenate([numbers(4, 8), np.linspace(-0.2, 0.175, 8, dtype=np.float32)[None]])
    constants = {"w": weight, "s": np.float32(0.05 / 4), "z": np.array(7, dtype)}
    nodes: list[Spec] = [
        ("QuantizeLinear", ["w", "s", "z"], {}),
        ("DequantizeLinear", ["v0", "s", "z"], {}),
        ("Gemm", ["x", "v1"], {"transB": 1}),
    ]
    agree(graph(nodes, constants, ("n", 8), 21), VECTORS, tmp_path)


def test_weights_that_are_cast_and_scaled(tmp_path: Path) -> None:
    nodes: list[Spec] = [
        ("Cast", ["w"], {"to": TensorProto.FLOAT}),
        ("Sub", ["v0", "z"], {}),
        ("Mul", ["v1", "s"], {}),
        ("Transpose", ["v2"], {"perm": [1, 0]}),
        ("MatMul", ["x", "v3"], {}),
    ]
    constants = {"w": CODES["uint8"], "z": np.float32(128), "s": EACH[:, None]}
    agree(graph(nodes, constants, ("n", 8)), VECTORS, tmp_path)


def test_weights_of_four_bits(tmp_path: Path) -> None:
    codes = RNG.integers(-8, 8, (5, 8))
    kept = helper.make_tensor("w", TensorProto.INT4, codes.shape, codes.reshape(-1).tolist())
    model = graph([("DequantizeLinear", ["w", "s"], {"axis": 0}), GEMM], {"s": EACH}, ("n", 8), 21)
    model.graph.initializer.append(kept)
    with torch.no_grad():
        found = from_onnx(written(model, tmp_path))(torch.from_numpy(VECTORS)).numpy()
    np.testing.assert_allclose(found, VECTORS @ (codes * EACH[:, None]).T.astype(np.float32), rtol=1e-5, atol=1e-6)


def test_blocks_are_refused_and_scales_must_fit(tmp_path: Path) -> None:
    blocks = graph(
        [("DequantizeLinear", ["w", "s"], {"axis": 1, "block_size": 4}), GEMM],
        {"w": CODES["int8"], "s": np.full((5, 2), 0.01, np.float32)},
        ("n", 8),
        21,
    )
    with pytest.raises(InvalidInput, match=r"scale for each block of weights.*DequantizeLinear.*each output channel"):
        from_onnx(written(blocks, tmp_path))
    wrong = graph([("DequantizeLinear", ["w", "s"], {"axis": 0}), GEMM], {"w": CODES["int8"], "s": EACH[:3]}, ("n", 8))
    with pytest.raises(InvalidFile, match="3 numbers as scale for 5 places"):
        from_onnx(written(wrong, tmp_path))
