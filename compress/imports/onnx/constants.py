"""Constants of an ONNX graph that are computed from others: by the reference evaluator of the package onnx, within a size."""

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported, first_line
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.onnx.quantising import dequantised, quantised
from spikewright.compress.imports.onnx.sizes import arranged_sizes, arranges_sizes
from spikewright.compress.imports.onnx.tensors import MOST_VALUES, array_of
from spikewright.optional import require

_FOUR_BITS = {"DequantizeLinear": dequantised, "QuantizeLinear": quantised}
"""Computed here: integers of four bits are read as int8, and the evaluator takes their type from the array."""
_SMALL = 1 << 12
"""Constants of so many numbers are looked at to infer the size of a result: axes, sizes, repetitions."""
_DRAWN = ("RandomNormalLike", "RandomUniformLike", "Bernoulli", "Multinomial", "Dropout")


def constant(call: OnnxCall) -> np.ndarray:
    """The node Constant."""
    for name in ("value_float", "value_floats", "value_int", "value_ints"):
        if name in call.attributes:
            return np.array(call.attributes[name], np.float32 if "float" in name else np.int64)
    if "value" not in call.attributes:
        raise Unsupported("a constant of text or with gaps", "dense numbers")
    return array_of(call.attributes["value"], call.folder)


def computed(call: OnnxCall) -> OnnxValue | tuple[OnnxValue, ...]:
    """What a node makes whose inputs are all constants or sizes; a tuple where it makes several.

    Where sizes are computed with, and not only picked and joined, the batch counts as the size that the file declares.
    """
    if any(isinstance(value, OpenSizes) and None in value.values for value in call.inputs):
        if call.batch is None or arranges_sizes(call):
            return arranged_sizes(call)
        call = replace(call, inputs=[_closed(value, call.batch) for value in call.inputs])
    arrays = [call.constant(index) for index in range(len(call.inputs))]
    if call.op in _FOUR_BITS:
        return _FOUR_BITS[call.op](call, [array for array in arrays if array is not None])
    if call.op in _DRAWN or any(hasattr(value, "node") for value in call.attributes.values()):
        raise Unsupported("a constant that is drawn, or made by a loop or a choice", "an export with constants folded")
    results = _evaluated(call, arrays)
    return results[0] if call.results == 1 else results


def _closed(value: OnnxValue, batch: int) -> OnnxValue:
    """Sizes with that of the batch."""
    if not isinstance(value, OpenSizes):
        return value
    return OpenSizes(tuple(batch if size is None else size for size in value.values), value.flat)


def _evaluated(call: OnnxCall, arrays: list[np.ndarray | None]) -> tuple[np.ndarray, ...]:
    """The results of the node alone."""
    onnx, reference = require("onnx"), require("onnx.reference")
    given = {f"i{place}": array for place, array in enumerate(arrays) if array is not None}
    names = [f"i{place}" if array is not None else "" for place, array in enumerate(arrays)]
    node = onnx.helper.make_node(call.op, names, [f"o{place}" for place in range(call.results)])
    node.attribute.extend(call.described)
    small = {name: array for name, array in given.items() if array.size <= _SMALL}
    _check_size(onnx, _alone(onnx, call, node, given, small))
    try:
        with np.errstate(all="ignore"):
            results = reference.ReferenceEvaluator(_alone(onnx, call, node, given, {})).run(None, given)
    except NotImplementedError as error:
        raise Unsupported("constants that onnx itself does not compute", "an export with constants folded") from error
    except Exception as error:  # whatever an evaluator of Python raises for numbers that do not fit
        raise Damaged(f"constants that do not fit: {first_line(error)}") from error
    found = tuple(np.asarray(one) for one in results)
    if any(array.dtype.kind in "OSUcM" for array in found):
        raise Unsupported("a constant of text, of lists or of complex numbers", "dense numbers")
    return found


def _alone(onnx: Any, call: OnnxCall, node: Any, given: dict[str, np.ndarray], known: dict[str, np.ndarray]) -> Any:
    """A model of one node; of what is `given`, the numbers of `known` are in it."""
    kinds = {name: onnx.helper.np_dtype_to_tensor_dtype(array.dtype) for name, array in given.items()}
    inputs = [
        onnx.helper.make_tensor_value_info(name, kinds[name], array.shape)
        for name, array in given.items()
        if name not in known
    ]
    kept = [onnx.numpy_helper.from_array(array, name) for name, array in known.items()]
    made = [onnx.ValueInfoProto(name=name) for name in node.output]
    body = onnx.helper.make_graph([node], "constant", inputs, made, kept)
    return onnx.helper.make_model(body, opset_imports=[onnx.helper.make_opsetid("", call.opset)])


def _check_size(onnx: Any, model: Any) -> None:
    """Raise Damaged, before anything is computed, for results beyond what a network can hold."""
    try:
        shaped = onnx.shape_inference.infer_shapes(model)
    except Exception as error:  # a type of its own
        raise Damaged(f"constants that do not fit: {first_line(error)}") from error
    for one in shaped.graph.output:
        sizes = [max(int(size.dim_value), 1) for size in one.type.tensor_type.shape.dim]
        if prod(sizes) > MOST_VALUES:
            raise Damaged(f"a constant of {prod(sizes):,} numbers")
