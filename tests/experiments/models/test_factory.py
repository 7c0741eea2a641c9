"""A user's own model, by a function or an ONNX file."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from spikewright.compress import Compressed
from spikewright.experiments.cli import main
from spikewright.experiments.models.factory import foreign_model, real_model


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """A small network of digits in an ONNX file."""
    random = np.random.default_rng(1)
    weights = {"a.weight": (4, 1, 3, 3), "b.weight": (10, 144), "b.bias": (10,)}
    kept = [numpy_helper.from_array(random.normal(size=s).astype(np.float32), n) for n, s in weights.items()]
    nodes = [
        helper.make_node("Conv", ["x", "a.weight"], ["c"]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("Flatten", ["r"], ["f"]),
        helper.make_node("Gemm", ["f", "b.weight", "b.bias"], ["y"], transB=1),
    ]
    start = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 8, 8])
    graph = helper.make_graph(
        nodes, "net", [start], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], kept
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def test_an_onnx_file_is_compressed_and_converted(net: Path, tmp_path: Path) -> None:
    small, spiking = tmp_path / "small.safetensors", tmp_path / "net.spike"
    quick = ["--dataset", "digits", "--images", "64"]
    assert main(["compress", str(net), *quick, "--quiet", "--epochs", "0", "--bits", "4", "--out", str(small)]) == 0
    assert main(["convert", str(small), "--model", str(net), "--samples", "20", *quick, "--out", str(spiking)]) == 0
    again = tmp_path / "again.spike"
    assert main(["convert", "--model", str(net), "--samples", "20", *quick, "--out", str(again)]) == 0
    assert spiking.is_file() and again.is_file()


def quantised(net: Path, tmp_path: Path) -> Path:
    """The same network with a linear layer of integers."""
    model = onnx.load_model(net)
    kept = {one.name: one for one in model.graph.initializer}
    codes = np.rint(numpy_helper.to_array(kept["b.weight"]) * 40).clip(-127, 127).astype(np.int8)
    kept["b.weight"].CopyFrom(numpy_helper.from_array(codes, "b.integers"))
    model.graph.initializer.append(numpy_helper.from_array(np.float32(1 / 40), "b.scale"))
    model.graph.node.insert(0, helper.make_node("DequantizeLinear", ["b.integers", "b.scale"], ["b.weight"]))
    path = tmp_path / "quantised.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def test_a_quantised_file_keeps_its_integers(net: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, quick = quantised(net, tmp_path), ["--dataset", "digits", "--images", "32"]
    small = foreign_model(path)
    assert isinstance(small, Compressed) and list(small.bits.values()) == [8]
    assert not isinstance(foreign_model(net), Compressed) and not isinstance(real_model(path), Compressed)
    for given in ([str(path)], ["--model", str(path)]):
        out = ["--samples", "20", "--float", "--force", "--out", str(tmp_path / "net.spike")]
        assert main(["convert", *given, *quick, *out]) == 0
        assert "1 layer with the integers of the file" in capsys.readouterr().out
    attack = ["attack", str(path), "--attacks", "fgsm", "--epsilons", "0.1", "--out", str(tmp_path / "rows.csv")]
    assert main([*attack, *quick]) == 0
    assert "1 layer with the integers of the file" in capsys.readouterr().out


def test_what_may_carry_code_is_not_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.pt2").write_bytes(b"anything")
    (tmp_path / "net.onnx").write_bytes(b"anything")
    for name, words in (("net.pt2", "carries no code"), ("net.onnx", "an ONNX file at")):
        assert main(["convert", str(tmp_path / name), "--dataset", "digits", "--out", str(tmp_path / "n.spike")]) == 2
        assert words in capsys.readouterr().err.replace("\n", " ")
