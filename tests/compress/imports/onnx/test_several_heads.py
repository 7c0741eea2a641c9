"""An ONNX file with several outputs goes all the way, by the same words."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from spikewright.compress import from_onnx
from spikewright.conversion import Ttfs, convert
from spikewright.snn import simulate


def test_heads_of_a_file_are_heads_of_the_network(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shapes = {"w": (4, 1, 3, 3), "v": (144, 3), "u": (144, 1)}
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Flatten", ["b"], ["c"]),
        helper.make_node("MatMul", ["c", "v"], ["y"]),
        helper.make_node("MatMul", ["c", "u"], ["d"]),
        helper.make_node("Sigmoid", ["d"], ["z"]),
    ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", size]) for name, size in (("y", 3), ("z", 1))
    ]
    constants = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    start = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 8, 8])]
    graph = helper.make_graph(nodes, "g", start, outputs, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), tmp_path / "m.onnx")
    x = rng.random((5, 1, 8, 8), np.float32)
    model = from_onnx(tmp_path / "m.onnx", output={"scores": "y", "there": "z"})
    network = convert(model, x, Ttfs(), output=["scores", "there"])
    activity = simulate(network, x)
    alone = {name: simulate(convert(from_onnx(tmp_path / "m.onnx", output=name), x, Ttfs()), x) for name in "yz"}
    np.testing.assert_allclose(activity.head("scores").answers, alone["y"].answers, atol=1e-5)
    np.testing.assert_allclose(activity.head("there").answers, alone["z"].answers, atol=1e-5)
    np.testing.assert_array_equal(activity.head("there").predictions, alone["z"].predictions)
