"""Operators on integers are written out: dequantise, compute, quantise again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from onnx import helper

from spikewright import InvalidInput
from spikewright.compress import from_onnx, from_quantized_onnx
from spikewright.compress.imports.onnx.integer_operators import MICROSOFT, unfused
from tests.compress.imports.onnx.quantised_graphs import HIDDEN, OPERATORS, QDQ, SHAPE, constants, quantised
from tests.compress.imports.onnx_graphs import written

IMAGES = torch.from_numpy(np.random.default_rng(1).random((3, *SHAPE)).astype(np.float32))
START = [("QuantizeLinear", ["x", "xs", "xz"], ["xq"], {})]
END: Any = ("DequantizeLinear", ["q", "hs", "hz"], ["y"], {})


def test_an_operator_becomes_the_nodes_that_it_stands_for() -> None:
    names = ["a", "as", "az", "w", "ws", "wz", "ys", "yz", "b"]
    node = helper.make_node("QLinearConv", names, ["y"], name="one", group=2)
    made = unfused([node])
    assert [one.op_type for one in made] == [
        *("DequantizeLinear", "DequantizeLinear", "Mul", "Constant", "Mul", "DequantizeLinear"),
        *("Conv", "QuantizeLinear"),
    ]
    assert made[6].name == "one" and made[6].attribute[0].i == 2 and made[-1].output[0] == "y"
    assert unfused([helper.make_node("Conv", ["a", "w"], ["y"])])[0].op_type == "Conv"


@pytest.mark.parametrize("turned", [0, 1])
def test_gemm_of_onnxruntime(turned: int, tmp_path: Path) -> None:
    tensors = constants("int8", True, "uint8")
    if turned:
        tensors["m"] = tensors["m"].T.copy()
    tensors["n"] = np.arange(5, dtype=np.int32) * 1000
    gemm = ("QGemm", ["f", "hs", "hz", "m", "ms", "mz", "n"], ["y"], {"transB": turned, "alpha": 0.5})
    small = from_quantized_onnx(written(quantised([*OPERATORS[:4], gemm], tensors, MICROSOFT), tmp_path))
    front = from_quantized_onnx(
        written(quantised(QDQ, tensors | {"m": np.zeros((36, 5), np.int8)}), tmp_path), output="f"
    )
    matrix = (tensors["m"].T if turned else tensors["m"]) * tensors["ms"]
    bias = tensors["n"] * tensors["hs"] * tensors["ms"]
    wanted = 0.5 * (front(IMAGES).detach().numpy() @ matrix + bias)
    assert np.allclose(small(IMAGES).detach().numpy(), wanted, atol=1e-4)


def test_sums_means_and_concatenations_of_onnxruntime(tmp_path: Path) -> None:
    tensors, levels = constants("int8", False, "uint8"), 255 * HIDDEN
    x = (IMAGES * 255).round() / 255

    def answer(node: Any) -> torch.Tensor:
        return from_onnx(written(quantised([*START, node, END], tensors, MICROSOFT), tmp_path))(IMAGES).detach()

    def near(one: torch.Tensor, two: torch.Tensor) -> bool:
        return one.shape == two.shape and bool(((one - two.clamp(0, levels)).abs() <= HIDDEN / 2 + 1e-5).all())

    ends = ["xq", "xs", "xz"]
    assert near(answer(("QLinearAdd", [*ends, *ends, "hs", "hz"], ["q"], {})), 2 * x)
    assert near(answer(("QLinearGlobalAveragePool", [*ends, "hs", "hz"], ["q"], {})), x.mean((2, 3), keepdim=True))
    assert near(answer(("QLinearConcat", ["hs", "hz", *ends, *ends], ["q"], {"axis": 1})), torch.cat([x, x], 1))
    past = {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1, "count_include_pad": 1}
    whole = torch.nn.functional.avg_pool2d(torch.nn.functional.pad(x, (0, 1, 0, 1)), 3, 2)
    assert near(answer(("QLinearAveragePool", [*ends, "hs", "hz"], ["q"], past)), whole)
    with pytest.raises(InvalidInput, match="QLinearGlobalAveragePool"):
        answer(("QLinearGlobalAveragePool", [*ends, "hs", "hz"], ["q"], {"channels_last": 1}))


def test_integers_of_a_scale_that_is_computed_anew_are_refused_by_name(tmp_path: Path) -> None:
    for op, given in (("DynamicQuantizeLinear", ["x"]), ("ConvInteger", ["x", "w"]), ("MatMulInteger", ["x", "m"])):
        model = quantised([(op, given, ["y"], {})], constants("int8", False, "uint8"))
        with pytest.raises(InvalidInput, match=rf"no constant scale.*{op}.*quantize_static"):
            from_quantized_onnx(written(model, tmp_path))
