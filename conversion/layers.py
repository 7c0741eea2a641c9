"""What each kind of node becomes: one small rule per kind, in one table."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from compress import GraphNode
from conversion import algebra
from conversion.activations import Levels
from conversion.advice import refusal
from conversion.constants import affine_of
from conversion.errors import Refusal
from conversion.values import Answer, Current, Floats, Signal, Value
from conversion.walk import INPUT, Walk, is_constant
from snn.synapses import Pair

Rule = Callable[[Walk, GraphNode], Value]


def visit(walk: Walk, node: GraphNode) -> None:
    """Give `node` its value, or a row that says why it has none; what follows a refused node is not judged."""
    if not all(name in walk.values for name in node.inputs if not is_constant(walk.view, walk.view.node(name))):
        walk.note(node.name, "note", "not judged: it follows a refused layer")
        return
    try:
        walk.values[node.name] = _RULES.get(node.kind, _elementwise)(walk, node)
    except Refusal as refused:
        walk.note(node.name, "refused", str(refused))


def _input(walk: Walk, node: GraphNode) -> Value:
    if len(node.shape) not in (1, 3):
        raise Refusal(f"an input of shape {node.shape}", "images (C, H, W) or vectors (N,)")
    walk.note(node.name, "kept", f"input of shape {node.shape}", neurons=int(np.prod(node.shape)))
    return Signal(INPUT, node.shape)


def _conv2d(walk: Walk, node: GraphNode) -> Value:
    kernel, bias = walk.kernel(node)
    names = ("stride", "padding", "dilation")
    args: dict[str, Any] = {name: (int(node.args[name][0]), int(node.args[name][1])) for name in names}
    args["groups"] = int(node.args["groups"])
    current = algebra.conv(walk.signal(node), kernel, bias, args, (node.name, node.shape))
    walk.note(node.name, "kept", _weights(walk, node), _parameters(node))
    return current


def _linear(walk: Walk, node: GraphNode) -> Value:
    kernel, bias = walk.kernel(node)
    current = algebra.linear(walk.signal(node), kernel, bias, node.name)
    walk.note(node.name, "kept", _weights(walk, node), _parameters(node))
    return current


def _relu(walk: Walk, node: GraphNode) -> Value:
    value = walk.flow(node)
    if isinstance(value, Signal) and value.positive:
        walk.note(node.name, "folded", "its input is never negative: nothing to do")
        return value
    current = algebra.as_current(value, walk.shapes, node.name)
    walk.note(node.name, "rewritten", "", neurons=int(np.prod(current.shape)))
    return walk.fire(current, node.name)


def _quantised_relu(walk: Walk, node: GraphNode) -> Value:
    current = algebra.as_current(walk.flow(node), walk.shapes, node.name)
    module: Any = node.module
    alpha, levels = float(module.alpha.detach()), int(module.levels)
    walk.note(node.name, "rewritten", "", neurons=int(np.prod(current.shape)))
    return walk.fire(current, node.name, Levels(alpha, levels))


def _add(walk: Walk, node: GraphNode) -> Value:
    current = algebra.add(walk.flow(node, 0), walk.flow(node, 1), walk.shapes, node.name)
    walk.note(node.name, "folded", f"{len(current.terms)} projections into one population")
    return current


def _pool(walk: Walk, node: GraphNode) -> Value:
    kernel, stride, padding = (node.args[name] for name in ("kernel", "stride", "padding"))
    return _averaged(walk, node, (kernel, stride, padding))


def _mean(walk: Walk, node: GraphNode) -> Value:
    value = walk.flow(node)
    shape = value.view if isinstance(value, Current) else value.shape
    if node.args["dims"] != (2, 3) or len(shape) != 3:
        raise Refusal(f"a mean over the dimensions {node.args['dims']}", "a mean over height and width, (2, 3)")
    whole = (shape[1], shape[2])
    pooled = _averaged(walk, node, (whole, whole, (0, 0)))
    return pooled if node.args["keepdim"] or isinstance(pooled, Answer) else algebra.flatten(pooled)


def _averaged(walk: Walk, node: GraphNode, window: tuple[Pair, Pair, Pair]) -> Value:
    value = walk.flow(node)
    if isinstance(value, Current) and value.positive and not algebra.commutes(value):
        value = walk.signal(node)
    pooled = algebra.average(value, window, node.name)
    rows, columns = window[0]
    how = "address map in front of the next layer" if isinstance(pooled, Signal) else "currents of windows"
    if isinstance(value, Current):
        how = "swapped with the layers before it"
    walk.note(node.name, "rewritten", f"{how}: sums over {rows}x{columns}, the divisor goes into the weights")
    return pooled


def _flatten(walk: Walk, node: GraphNode) -> Value:
    walk.note(node.name, "folded", "addresses stay row-major (C, H, W)")
    return algebra.flatten(walk.flow(node))


def _dropped(walk: Walk, node: GraphNode) -> Value:
    walk.note(node.name, "folded", "does nothing in evaluation mode")
    return walk.flow(node)


def _batchnorm(walk: Walk, node: GraphNode) -> Value:
    gain, offset = _statistics(node)
    shaped = np.broadcast_to(algebra.spread(offset, node.shape), node.shape)
    value = algebra.affine(walk.flow(node), gain, shaped)
    walk.note(node.name, "folded", "scale and shift carried into the layers around it", 2 * gain.size)
    return value


def _statistics(node: GraphNode) -> tuple[Floats, Floats]:
    norm = node.module
    mean, variance = (getattr(norm, name).double().numpy() for name in ("running_mean", "running_var"))
    gamma, beta = (getattr(norm, name) for name in ("weight", "bias"))
    gain = (1.0 if gamma is None else gamma.detach().double().numpy()) / np.sqrt(variance + node.args["eps"])
    return gain, (0.0 if beta is None else beta.detach().double().numpy()) - mean * gain


def _softmax(walk: Walk, node: GraphNode) -> Value:
    walk.note(node.name, "folded", "dropped: it changes no prediction; logits are what stands in front of it")
    return Answer(walk.flow(node))


def _elementwise(walk: Walk, node: GraphNode) -> Value:
    found = affine_of(walk.view, node) if node.kind == "unsupported" else None
    if found is None:
        raise refusal(node)
    value = walk.values[found.data]
    if isinstance(value, Answer):
        raise Refusal("follows a softmax", "a softmax at the very end only")
    result = algebra.affine(value, found.gain, found.offset)
    walk.note(node.name, "folded", "gain into the weights, offset into the bias, exact at padded borders too")
    return result


def _weights(walk: Walk, node: GraphNode) -> str:
    return "integer weights" if node.path in walk.integers else "float weights"


def _parameters(node: GraphNode) -> int:
    return sum(value.numel() for value in node.module.parameters()) if node.module else 0


_RULES: Mapping[str, Rule] = {
    "input": _input,
    "conv2d": _conv2d,
    "linear": _linear,
    "relu": _relu,
    "quantised_relu": _quantised_relu,
    "batchnorm": _batchnorm,
    "avgpool": _pool,
    "adaptive_avgpool": _pool,
    "mean": _mean,
    "flatten": _flatten,
    "identity": _dropped,
    "dropout": _dropped,
    "softmax": _softmax,
    "add": _add,
}
