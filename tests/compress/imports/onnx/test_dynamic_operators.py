"""Products of integers with a scale of each batch become products of reals with the integers of the file as weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from onnx import helper

from spikewright import InvalidInput, SpikewrightError
from spikewright.compress import from_onnx, from_quantized_onnx
from spikewright.compress.imports.onnx.dynamic_operators import without_dynamic_scales
from spikewright.compress.imports.onnx.integer_operators import MICROSOFT
from tests.compress.imports.onnx.quantised_graphs import PADS, SHAPE, constants, quantised
from tests.compress.imports.onnx_graphs import written

IMAGES = torch.from_numpy(np.random.default_rng(1).normal(size=(3, *SHAPE)).astype(np.float32))
Nodes = list[Any]


def product(op: str, given: str, weight: str, answer: str, swapped: bool = False, **settings: Any) -> Nodes:
    """What quantize_dynamic writes for one product; `swapped`: the factors of its two scalings the other way round."""
    scales, scaled = [f"{answer}s", f"{weight}s"], [f"{answer}f", f"{answer}m"]
    turn = -1 if swapped else 1
    return [
        ("DynamicQuantizeLinear", [given], [f"{answer}q", f"{answer}s", f"{answer}z"], {}),
        ("Mul", scales[::turn], [f"{answer}m"], {}),
        (op, [f"{answer}q", weight, f"{answer}z", f"{weight}z"], [f"{answer}i"], settings),
        ("Cast", [f"{answer}i"], [f"{answer}f"], {"to": 1}),
        ("Mul", scaled[::turn], [answer], {}),
    ]


def network(*, swapped: bool = False) -> Nodes:
    """A convolution with a bias, a ReLU, a linear layer."""
    return [
        *product("ConvInteger", "x", "w", "c", swapped, **PADS),
        *(("Add", ["c", "o"], ["a"], {}), ("Relu", ["a"], ["r"], {})),
        *(("MaxPool", ["r"], ["p"], {"kernel_shape": [2, 2], "strides": [2, 2]}), ("Flatten", ["p"], ["f"], {})),
        *product("MatMulInteger", "f", "m", "y", swapped),
    ]


def tensors(kind: str = "int8", each: bool = False) -> dict[str, Any]:
    """Weights, one scale for a convolution, a bias."""
    found = constants(kind, False, "uint8")
    if each:
        found |= {name: one for name, one in constants(kind, True, "uint8").items() if name in ("m", "ms", "mz")}
    return found | {"o": np.linspace(-1, 1, 4, dtype=np.float32).reshape(1, 4, 1, 1)}


def wanted(given: dict[str, Any]) -> np.ndarray:
    """The answer with real numbers."""
    weight, matrix = (
        (given[name].astype(np.int64) - given[f"{name}z"]).astype(np.float32) * given[f"{name}s"] for name in "wm"
    )
    x = torch.conv2d(IMAGES, torch.from_numpy(weight), torch.from_numpy(given["o"].reshape(-1)), padding=1)
    answer: np.ndarray = torch.max_pool2d(torch.relu(x), 2).flatten(1).numpy() @ matrix
    return answer


@pytest.mark.parametrize("kind", ["int8", "uint8"])
@pytest.mark.parametrize("each", [False, True], ids=["one scale", "a scale for each output"])
@pytest.mark.parametrize("swapped", [False, True])
def test_weights_are_integers_and_activations_real(kind: str, each: bool, swapped: bool, tmp_path: Path) -> None:
    given = tensors(kind, each)
    small = from_quantized_onnx(written(quantised(network(swapped=swapped), given), tmp_path))
    assert list(small.bits.values()) == [8, 8]
    assert sorted(codes.size for codes, _ in small.integers.values()) == [given["w"].size, given["m"].size]
    assert np.allclose(small(IMAGES).detach().numpy(), wanted(given), atol=1e-4)
    assert (
        small.steps[0].endswith("2 layers with the integers of the file")
        and "2 activations left real" in small.steps[1]
    )


def test_the_fused_operator_of_onnxruntime(tmp_path: Path) -> None:
    given = tensors(each=True) | {"n": np.arange(5, dtype=np.float32)}
    for bias in ([], ["n"]):
        fused = ("DynamicQuantizeMatMul", ["f", "m", "ms", "mz", *bias], ["y"], {})
        model = quantised([*network()[:-5], fused], given, MICROSOFT)
        model.graph.node[-1].domain = MICROSOFT
        small = from_quantized_onnx(written(model, tmp_path))
        assert len(small.bits) == 2
        assert np.allclose(small(IMAGES).detach().numpy(), wanted(given) + (given["n"] if bias else 0), atol=1e-4)


def test_real_numbers_are_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"a new scale for each batch.*try compress\.from_quantized_onnx"):
        from_onnx(written(quantised(network(), tensors()), tmp_path))


def test_one_rounding_for_two_products(tmp_path: Path) -> None:
    given = tensors()
    first, second = product("ConvInteger", "x", "w", "c", **PADS), product("ConvInteger", "x", "w", "d", **PADS)
    shared = [
        (op, [{"dq": "cq", "ds": "cs", "dz": "cz"}.get(one, one) for one in names], *rest)
        for op, names, *rest in second
    ]
    nodes = [*first, *shared[1:], ("Sub", ["c", "d"], ["y"], {})]
    small = from_quantized_onnx(written(quantised(nodes, given), tmp_path))
    assert not small(IMAGES).detach().numpy().any() and "1 activations" in small.steps[1]


def test_weights_that_the_graph_computes_stay_real(tmp_path: Path) -> None:
    given = tensors() | {"v": np.random.default_rng(2).normal(size=(36, 5)).astype(np.float32), "one": np.float32(2)}
    second = [
        *(("Mul", ["v", "one"], ["n"], {}), ("DynamicQuantizeLinear", ["n"], ["nq", "ns", "nz"], {})),
        *[
            (op, [{"m": "nq", "ms": "ns", "mz": "nz"}.get(one, one) for one in names], *rest)
            for op, names, *rest in network()[-5:]
        ],
    ]
    small = from_quantized_onnx(written(quantised([*network()[:-5], *second], given), tmp_path))
    front = from_quantized_onnx(written(quantised(network(), given), tmp_path), output="f")(IMAGES).detach().numpy()
    assert len(small.bits) == 1 and np.allclose(small(IMAGES).detach().numpy(), front @ (2 * given["v"]), atol=1e-4)


def test_the_integers_themselves_are_refused(tmp_path: Path) -> None:
    path = written(quantised(network(), tensors()), tmp_path)
    for name in ("cq", "ci", "yf"):
        with pytest.raises(InvalidInput, match="no constant scale"):
            from_quantized_onnx(path, output=name)


def _read_elsewhere(nodes: Nodes) -> Nodes:
    return [*nodes[:-1], ("Mul", ["yf", "ym"], ["t"], {}), ("Add", ["t", "yf"], ["y"], {})]


def _another_zero(nodes: Nodes) -> Nodes:
    return [(op, [{"yz": "cz"}.get(one, one) for one in names], *rest) for op, names, *rest in nodes]


def _another_scale(nodes: Nodes) -> Nodes:
    return [
        (op, [{"ys": "cs"}.get(one, one) if op == "Mul" else one for one in names], *rest) for op, names, *rest in nodes
    ]


@pytest.mark.parametrize("change", [_read_elsewhere, _another_zero, _another_scale])
def test_other_arithmetic_with_integers_is_refused(change: Any, tmp_path: Path) -> None:
    path = written(quantised(change(network()), tensors()), tmp_path)
    for read in (from_onnx, from_quantized_onnx):
        with pytest.raises(SpikewrightError, match="try ") as error:
            read(path)
        assert "\n" not in str(error.value)


def test_a_scale_for_each_output_of_a_convolution_is_another_product(tmp_path: Path) -> None:
    given = tensors() | {"ws": np.full(6, 0.003, np.float32)}  # it would spread over the width
    with pytest.raises(InvalidInput, match="no constant scale"):
        from_quantized_onnx(written(quantised(network(), given), tmp_path))


def test_other_graphs_stay_as_they_are() -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"]), helper.make_node("DynamicQuantizeLinear", ["y"], ["q", "s", "z"])]
    assert without_dynamic_scales(nodes, []) == nodes
