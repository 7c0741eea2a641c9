"""ONNX files that contradict themselves or cannot be converted: an error that names file, node and operator, and what to try."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper

from spikewright import InvalidFile, InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.damaged import CONV, WEIGHTS, changed, outside, tensor_of
from tests.compress.imports.onnx_graphs import expected, graph, numbers, written


def second_input(model: onnx.ModelProto) -> None:
    model.graph.input.add().CopyFrom(helper.make_tensor_value_info("mask", onnx.TensorProto.FLOAT, (1,)))
    model.graph.node[1].op_type = "Add"
    model.graph.node[1].input.append("mask")


def whole_numbers(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.INT32


def second_output(model: onnx.ModelProto) -> None:
    model.graph.output.add().CopyFrom(helper.make_tensor_value_info("v0", onnx.TensorProto.FLOAT, None))


def declared_huge(model: onnx.ModelProto) -> None:
    del tensor_of(model).dims[:]
    tensor_of(model).dims.extend([1 << 20, 1 << 20, 1 << 20])


def not_finite(model: onnx.ModelProto) -> None:
    tensor_of(model).CopyFrom(numpy_helper.from_array(np.full((2, 3, 3, 3), np.nan, np.float32), "w"))


def made_twice(model: onnx.ModelProto) -> None:
    model.graph.node.add().CopyFrom(helper.make_node("Neg", ["x"], ["v0"]))


def twice(model: onnx.ModelProto) -> None:
    model.graph.initializer.add().CopyFrom(tensor_of(model))


def opset(version: int) -> Callable[[onnx.ModelProto], None]:
    return lambda model: setattr(model.opset_import[0], "version", version)


def calls_itself(model: onnx.ModelProto) -> None:
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
    loop = helper.make_function(
        "local", "Again", ["a"], ["b"], [helper.make_node("Again", ["a"], ["b"], domain="local")], opsets
    )
    model.functions.append(loop)
    model.opset_import.append(opsets[1])


def swap_nodes(model: onnx.ModelProto) -> None:
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(reversed(nodes))


DAMAGED: dict[str, tuple[Callable[[], onnx.ModelProto], str]] = {
    "a tensor too short": (changed(lambda m: setattr(tensor_of(m), "raw_data", b"123")), "3 bytes for the shape"),
    "a huge tensor": (changed(declared_huge), "the shape"),
    "negative sizes": (changed(lambda m: tensor_of(m).dims.__setitem__(0, -2)), "the shape"),
    "numbers of no type": (changed(lambda m: setattr(tensor_of(m), "data_type", 8)), "numbers of type STRING"),
    "numbers that are not finite": (changed(not_finite), "NaN or infinity"),
    "weights that nothing makes": (changed(lambda m: m.graph.initializer.pop()), "'w' that nothing makes"),
    "a cycle": (changed(lambda m: m.graph.node[0].input.__setitem__(0, "v1")), "a cycle"),
    "another order": (changed(swap_nodes), "only a later node makes"),
    "a value made twice": (changed(made_twice), "made once"),
    "weights that do not fit": (lambda: graph(CONV, {"w": numbers(2, 5, 3, 3)}), "do not fit"),
    "a window that does not fit": (
        lambda: graph([("MaxPool", ["x"], {"kernel_shape": [0, 3]})]),
        "a window",
    ),
    "a reshape that does not fit": (
        lambda: graph([("Reshape", ["x", "to"], {})], {"to": np.array([0, 7], np.int64)}),
        "a reshape from",
    ),
    "batch norm that does not fit": (
        lambda: graph(
            [("BatchNormalization", ["x", "g", "g", "g", "v"], {})], {"g": numbers(4), "v": np.ones(3, np.float32)}
        ),
        "where",
    ),
    "padding of many gigabytes": (
        lambda: graph([("Pad", ["x", "p"], {})], {"p": np.array([0, 0, 1 << 20, 1 << 20, 0, 0, 0, 0])}),
        "numbers for one image",
    ),
    "a constant of many gigabytes": (
        lambda: graph([("ConstantOfShape", ["s"], {}), ("Add", ["x", "v0"], {})], {"s": np.array([1 << 20] * 3)}),
        "a constant of",
    ),
    "an output of constants": (
        lambda: graph([("Relu", ["x"], {}), ("Neg", ["w"], {})], WEIGHTS),
        "depends on the input",
    ),
    "a sum of nothing": (lambda: graph([("Relu", ["x"], {}), ("Add", [], {})]), "a node without inputs"),
    "two tensors of one name": (changed(twice), "'w' twice"),
    "an unknown type": (changed(lambda m: setattr(tensor_of(m), "data_type", 77)), "numbers of type 77"),
    "NUL in a name": (changed(outside("a\0b")), "no name of a file"),
    "an odd digit": (changed(outside("model.onnx", offset="\u00b2")), "number of bytes"),
    "a function that calls itself": (changed(calls_itself), "'Again' that calls itself"),
    "NaN that scales weights": (
        lambda: graph([("Gemm", ["x", "m"], {"alpha": float("nan")})], {"m": numbers(8, 2)}, ("n", 8)),
        "NaN or infinity as alpha",
    ),
    "constants that double": (
        lambda: graph(
            [("Concat", [f"v{i - 1}" if i else "c"] * 2, {"axis": 0}) for i in range(30)] + [("Add", ["x", "v29"], {})],
            {"c": numbers(64)},
        ),
        "constant",
    ),
    "a file outside": (changed(outside("../../etc/passwd")), "outside of the folder"),
    "an absolute path": (changed(outside("/etc/passwd")), "outside of the folder"),
    "a file that is missing": (changed(outside("weights.bin")), "no readable file weights.bin"),
    "a strange offset": (changed(outside("model.onnx", offset="-4")), "number of bytes"),
    "beyond the end": (changed(outside("model.onnx", offset="100000")), "0 of 216 bytes"),
}

REFUSED: dict[str, tuple[Callable[[], onnx.ModelProto], str]] = {
    "several inputs": (changed(second_input), "one input, got x, mask.*fixed={'mask'"),
    "several outputs": (
        changed(second_output),
        r"one output, got v1, v0.*output='v1', or output=\['v1', 'v0'\] for all",
    ),
    "a version that nobody knows": (changed(opset(99)), "a version from 1 to"),
    "no version": (changed(opset(0)), "a version from 1 to"),
    "arithmetic of integers": (changed(whole_numbers), "got INT32 for 'x'"),
    "a bias for each image": (
        lambda: graph([("Gemm", ["x", "m", "c"], {})], {"m": numbers(8, 3), "c": numbers(3, 1)}, (3, 8)),
        "between the images",
    ),
    "a softmax over images": (lambda: graph([("Softmax", ["x"], {"axis": 0})]), "over the images"),
    "a constant for each image": (lambda: graph([("Add", ["x", "c"], {})], {"c": numbers(2, 3, 8, 8)}), "all images"),
    "an operator of nobody": (lambda: graph([("Nobody", ["x"], {})]), "nobody0.*Nobody"),
    "another domain": (changed(lambda m: setattr(m.graph.node[1], "domain", "com.microsoft")), "com.microsoft.Relu"),
    "control flow": (lambda: graph([("Loop", ["x"], {})]), "Loop"),
    "attention": (lambda: graph([("Attention", ["x", "x", "x"], {})]), "attention"),
    "a product over images": (lambda: graph([("MatMul", ["x", "x"], {})], shape=("n", 8)), "mixes images"),
    "the class alone": (lambda: graph([("ArgMax", ["x"], {"axis": 1})]), "depend on the image.*output="),
    "the largest ones": (lambda: graph([("TopK", ["x", "k"], {})], {"k": np.array([2])}), "depend on the image"),
    "recurrence": (lambda: graph([("LSTM", ["x"], {})]), "a recurrence"),
    "lists": (lambda: graph([("SequenceConstruct", ["x"], {})]), "no tensors"),
    "batch norm in training": (
        lambda: graph(
            [("BatchNormalization", ["x", *"gggv"], {"training_mode": 1})], {"g": numbers(3), "v": np.ones(3)}
        ),
        "evaluation mode",
    ),
    "antialias": (
        lambda: graph(
            [("Resize", ["x", "", "s"], {"mode": "nearest", "antialias": 1})],
            {"s": np.array([1, 1, 2, 2], np.float32)},
        ),
        "nearest resizing with antialias",
    ),
    "a reshape over images": (
        lambda: graph([("Reshape", ["x", "to"], {})], {"to": np.array([-1, 64], np.int64)}),
        "mixes images",
    ),
    "volumes": (
        lambda: graph([("Conv", ["x", "w"], {})], {"w": numbers(2, 3, 3, 3, 3, 3)}, ("n", 3, 5, 5, 5, 5)),
        "over 4 axes",
    ),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_files(case: str, tmp_path: Path) -> None:
    make, match = DAMAGED[case]
    path = written(make(), tmp_path)
    with pytest.raises(InvalidFile, match=match) as caught:
        from_onnx(path)
    assert str(path) in str(caught.value) and "try" in str(caught.value)


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_layer_is_refused_by_name(case: str, tmp_path: Path) -> None:
    make, match = REFUSED[case]
    path = written(make(), tmp_path)
    with pytest.raises(InvalidInput, match=match) as caught:
        from_onnx(path)
    assert str(path) in str(caught.value) and "try" in str(caught.value)


def test_an_output_is_chosen_by_name_and_other_inputs_are_fixed(tmp_path: Path) -> None:
    def change(model: onnx.ModelProto) -> None:
        second_input(model)
        second_output(model)

    path, images = written(changed(change)(), tmp_path), torch.from_numpy(numbers(2, 3, 8, 8))
    plain = from_onnx(path, output="v0").requires_grad_(False)(images)
    moved = from_onnx(path, output="v1", fixed={"mask": [0.5]}).requires_grad_(False)(images)
    assert torch.allclose(moved, plain + 0.5, atol=1e-6)
    with pytest.raises(InvalidInput, match="got 'nothing'; try one of v1, v0"):
        from_onnx(path, output="nothing")
    with pytest.raises(InvalidInput, match="got 'm'; try x, mask"):
        from_onnx(path, output="v0", fixed={"m": 1})
    with pytest.raises(InvalidInput, match="expected numbers"):
        from_onnx(path, output="v1", fixed={"mask": "yes"})


def test_images_of_bytes_stay_images_of_bytes(tmp_path: Path) -> None:
    model = graph([("Cast", ["x"], {"to": onnx.TensorProto.FLOAT}), ("Conv", ["v0", "w"], {})], WEIGHTS)
    model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.UINT8
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 8, 8), np.uint8)
    result = from_onnx(written(model, tmp_path)).requires_grad_(False)(torch.from_numpy(images))
    assert np.allclose(result.numpy(), expected(model, images), rtol=1e-4, atol=1e-3)
