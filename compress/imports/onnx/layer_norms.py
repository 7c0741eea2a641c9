"""Layer norm that an exporter wrote as six operators: d = x - mean(x), then d / sqrt(mean(d^2) + eps)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import nn

from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.steps import ImportedValue

Makers = Mapping[str, Any]
"""Name of a value -> the node that makes it."""
Values = Mapping[str, OnnxValue]


def written_out(call: OnnxCall, makers: Makers, values: Values) -> ImportedValue | None:
    """The node Div as an nn.LayerNorm without weights, where it ends a layer norm over the last axes; else None."""
    if len(call.sources) != 2:
        return None
    difference, root = (makers.get(name) for name in call.sources)
    found = _parts(difference, root, makers, values)
    if found is None:
        return None
    name, eps, means = found
    source = values.get(name)
    axes = [_axes(node, values) for node in means]
    if not isinstance(source, ImportedValue) or axes[0] is None or axes[1] is None:
        return None
    places = [sorted(axis % source.rank for axis in each) for each in axes if each is not None]
    first = places[0][0]
    if places[0] != places[1] or places[0] != list(range(first, source.rank)) or first == 0:
        return None
    plain = call.builder.in_file_order(call.name, source)
    return call.layer(nn.LayerNorm(plain.shape[first - 1 :], eps=eps, elementwise_affine=False), plain)


def _parts(difference: Any, root: Any, makers: Makers, values: Values) -> tuple[str, float, list[Any]] | None:
    """Name of x, eps, and the two means; None where the six nodes are not there."""
    if not _is(difference, "Sub") or not _is(root, "Sqrt"):
        return None
    added: Any = makers.get(root.input[0])
    if not _is(added, "Add"):
        return None
    numbers = [values.get(name) for name in added.input]
    constants = [one for one in numbers if isinstance(one, np.ndarray) and one.size == 1]
    variance: Any = next((makers.get(name) for name in added.input if _is(makers.get(name), "ReduceMean")), None)
    mean: Any = makers.get(difference.input[1])
    if len(constants) != 1 or variance is None or not _is(mean, "ReduceMean"):
        return None
    squared = _squared(makers.get(variance.input[0]), values)
    if squared != difference.output[0] or mean.input[0] != difference.input[0]:
        return None
    return str(mean.input[0]), float(constants[0].reshape(-1)[0]), [mean, variance]


def _squared(node: Any, values: Values) -> str | None:
    """The name of what `node` squares, if it does."""
    if _is(node, "Mul") and node.input[0] == node.input[1]:
        return str(node.input[0])
    exponent = values.get(node.input[1]) if _is(node, "Pow") else None
    return str(node.input[0]) if isinstance(exponent, np.ndarray) and exponent.size == 1 and exponent == 2 else None


def _axes(mean: Any, values: Values) -> list[int] | None:
    """The axes of a ReduceMean that keeps them; None for another one."""
    attributes = {one.name: one for one in mean.attribute}
    if "keepdims" in attributes and not attributes["keepdims"].i:
        return None
    if "axes" in attributes:
        return [int(one) for one in attributes["axes"].ints] or None
    given = values.get(mean.input[1]) if len(mean.input) > 1 else None
    return [int(one) for one in given.reshape(-1)] or None if isinstance(given, np.ndarray) else None


def _is(node: Any, op: str) -> bool:
    least = 2 if op in ("Sub", "Add", "Mul", "Pow") else 1
    return node is not None and node.op_type == op and len(node.input) >= least
