"""Quantised files of onnxruntime as Compressed: the integers of the file, and answers of onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnx.reference import ReferenceEvaluator

from spikewright import InvalidInput
from spikewright.compress import Compressed, QuantizedReLU, from_onnx, from_quantized_onnx, prune, quantize
from spikewright.conversion import Exact, Quantized, convert
from spikewright.snn import simulate
from spikewright.weights import unscaled
from tests.compress.imports.onnx.quantised_graphs import HIDDEN, LAST, OPERATORS, QDQ, SHAPE, constants, quantised
from tests.compress.imports.onnx_graphs import written

IMAGES = np.random.default_rng(1).random((6, *SHAPE)).astype(np.float32)
FORMS = {"QDQ": QDQ, "QOperator": OPERATORS}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("activations", ["uint8", "int8"])
@pytest.mark.parametrize("each", [False, True], ids=["one scale", "a scale for each channel"])
@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_integers_and_answers_are_those_of_the_file(
    kind: str, each: bool, activations: str, form: str, tmp_path: Path
) -> None:
    tensors = constants(kind, each, activations)
    model = quantised(FORMS[form], tensors)
    small = from_quantized_onnx(written(model, tmp_path))
    conv, last = small.integers.values()
    for name, (codes, scale), axis in (("w", conv, 0), ("m", last, 1)):
        shape = [-1 if place == axis else 1 for place in range(tensors[name].ndim)]
        wanted = tensors[name].astype(np.int64) - tensors[f"{name}z"].astype(np.int64).reshape(shape)
        assert np.array_equal(codes, wanted if axis == 0 else wanted.T)
        assert np.array_equal(scale, np.broadcast_to(tensors[f"{name}s"], scale.shape))
    assert list(small.bits.values()) == [8, 8]
    with torch.no_grad():
        found = small(torch.from_numpy(IMAGES)).numpy()
    off = LAST / 2 if form == "QOperator" else 0  # rounding of the answer, which has levels below zero, is left off
    assert np.abs(found - ReferenceEvaluator(model).run(None, {"x": IMAGES})[0]).max() <= off + 1e-4
    assert [module.levels for module in small.model.modules() if isinstance(module, QuantizedReLU)] == [255, 255]


def test_the_steps_say_what_was_left_off(tmp_path: Path) -> None:
    small = from_quantized_onnx(written(quantised(OPERATORS, constants("int8", False, "uint8")), tmp_path))
    told = "\n".join(small.steps)
    assert "2 layers with the integers of the file" in told and "2 activations rounded as in the file" in told
    assert "rounding left off" in told and "QLinearMatMul_yq_levels (256 levels from -5.12 to 5.08)" in told
    with pytest.raises(InvalidInput, match=r"256 levels from -5\.12.*from_quantized_onnx"):
        from_onnx(written(quantised(OPERATORS, constants("int8", False, "uint8")), tmp_path))


def test_the_same_integers_come_out_of_everything(tmp_path: Path) -> None:
    small = from_quantized_onnx(written(quantised(QDQ, constants("uint8", True, "uint8")), tmp_path))
    assert [layer.bits for layer in small.footprint.layers] == [8, 8]
    network = convert(small, IMAGES, Quantized())
    synapses = [one.synapse for one in network.projections]
    stored = [unscaled(one.weights)[0].values() for one in synapses if getattr(one, "weights", None) is not None]
    wanted = [codes for codes, _ in small.integers.values()]
    assert all(np.array_equal(one.reshape(two.shape), two) for one, two in zip(stored, wanted, strict=True))
    with torch.no_grad():
        answers = small(torch.from_numpy(IMAGES)).numpy()
    assert np.allclose(simulate(network, IMAGES).logits, answers, atol=1e-5)
    whole = convert(small, IMAGES, Quantized(integer=True))
    assert np.array_equal(simulate(convert(small, IMAGES, Exact()), IMAGES).logits, simulate(whole, IMAGES).logits)
    assert np.array_equal(simulate(whole, IMAGES).predictions, answers.argmax(1))


def test_methods_go_on_from_the_integers(tmp_path: Path) -> None:
    small = from_quantized_onnx(written(quantised(QDQ, constants("int8", True, "uint8")), tmp_path))
    pruned = prune(small, 0.5)
    assert set(pruned.bits.values()) == {8} and pruned.footprint.sparsity == pytest.approx(0.5, abs=0.02)
    assert set(quantize(small, bits=4).bits.values()) == {4}


def test_files_of_real_numbers_have_no_integers(tmp_path: Path) -> None:
    nodes = [("Flatten", ["x"], ["f"], {}), ("MatMul", ["f", "m"], ["y"], {})]
    tensors = {"m": np.random.default_rng(0).normal(size=(108, 5)).astype(np.float32)}
    small = from_quantized_onnx(written(quantised(nodes, tensors), tmp_path))
    assert isinstance(small, Compressed) and small.integers == {} and "0 layers" in small.steps[0]


def test_hidden_levels_are_those_of_the_file(tmp_path: Path) -> None:
    small = from_quantized_onnx(written(quantised(QDQ, constants("int8", False, "uint8")), tmp_path))
    laws = [module for module in small.model.modules() if isinstance(module, QuantizedReLU)]
    assert [law.clip for law in laws] == pytest.approx([1.0, 255 * HIDDEN])
