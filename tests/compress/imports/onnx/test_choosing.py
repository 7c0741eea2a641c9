"""What the chosen output does not depend on is not read, and cannot be the reason for a refusal."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import graph, numbers, written


def test_only_what_the_output_depends_on_is_read(tmp_path: Path) -> None:
    model = graph([("Nobody", ["x"], {}), ("Relu", ["x"], {})])
    images = torch.from_numpy(numbers(2, 3, 8, 8))
    imported = from_onnx(written(model, tmp_path))
    assert torch.equal(imported(images), images.relu()) and len(list(imported.children())) == 1


def heads(inputs: tuple[str, ...] = ()) -> onnx.ModelProto:
    """Outputs v0 and v1, v2 inside, and other inputs that are added."""
    nodes = [("Relu", ["x"], {}), ("Neg", ["x"], {}), ("Exp", ["v1"], {})]
    nodes += [("Add", [f"v{2 + place}", name], {}) for place, name in enumerate(inputs)]
    model = graph(nodes)
    for name in ("v0", "v1"):
        model.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    for name in inputs:
        model.graph.input.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ("n", 3, 8, 8)))
    return model


def test_outputs_by_name_by_place_several_and_in_a_dict(tmp_path: Path) -> None:
    path, x = written(heads(), tmp_path), torch.from_numpy(numbers(2, 3, 8, 8))
    assert torch.equal(from_onnx(path, output=1)(x), x.relu()) and torch.equal(from_onnx(path, output=-1)(x), -x)
    both = from_onnx(path, output=["v1", 1])(x)
    assert isinstance(both, tuple) and torch.equal(both[0], -x) and torch.equal(both[1], x.relu())
    named = from_onnx(path, output={"boxes": "v1", "logits": "v0"})(x)
    assert list(named) == ["boxes", "logits"] and torch.equal(named["logits"], x.relu())
    assert torch.equal(from_onnx(path, output=("v1", "v1"))(x)[1], -x)


def test_a_value_inside_is_an_output_too(tmp_path: Path) -> None:
    model = graph([("Relu", ["x"], {}), ("Sigmoid", ["v0"], {}), ("ArgMax", ["v1"], {"axis": 1})])
    x = torch.from_numpy(numbers(2, 3, 8, 8))
    assert torch.equal(from_onnx(written(model, tmp_path), output="v1")(x), x.relu().sigmoid())


@pytest.mark.parametrize("output", ["nothing", 3, -4, 1.5, True, [], ["v0", "nothing"], {"a": 7}, b"v0"])
def test_outputs_that_are_not_there(output: object, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"expected (the name of an output|outputs) of"):
        from_onnx(written(heads(), tmp_path), output=output)


def test_one_of_several_inputs(tmp_path: Path) -> None:
    path, x = written(heads(("mask", "shift")), tmp_path), torch.from_numpy(numbers(2, 3, 8, 8))
    mask, shift = np.float32(2), numbers(1, 3, 8, 8)
    given = from_onnx(path, input="x", output=0, fixed={"mask": mask, "shift": shift})
    assert torch.allclose(given(x), (-x).exp() + 2 + torch.from_numpy(shift))
    other = from_onnx(path, input="shift", output=0, fixed={"mask": mask, "x": shift})
    assert torch.allclose(other(x), torch.from_numpy(np.exp(-shift)) + 2 + x)
    assert torch.equal(from_onnx(path, input="x", output="v0")(x), x.relu())
    with pytest.raises(InvalidInput, match=r"values for the other inputs.*none for mask, shift.*fixed={'mask'"):
        from_onnx(path, input="x", output=0)
    with pytest.raises(InvalidInput, match=r"the name of an input.*'images'; try x, mask, shift"):
        from_onnx(path, input="images", output=0)
