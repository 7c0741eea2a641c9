"""What each kind of node becomes: one small rule per kind, in one table."""

from collections.abc import Callable, Mapping

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.rules import activation, affine, pooling, shape
from spikewright.conversion.reading.values import Value
from spikewright.conversion.reading.walk import Walk, is_constant

Rule = Callable[[Walk, GraphNode], Value]


def visit(walk: Walk, node: GraphNode) -> None:
    """Give `node` its value, or a row that says why it has none; what follows a refused node is not judged."""
    if not all(name in walk.values for name in node.inputs if not is_constant(walk.view, walk.view.node(name))):
        walk.note(node.name, "note", "not judged: it follows a refused layer")
        return
    try:
        walk.values[node.name] = _RULES.get(node.kind, shape.elementwise)(walk, node).at(node.name)
    except Refusal as refused:
        walk.note(node.name, "refused", str(refused))


_RULES: Mapping[str, Rule] = {
    "input": shape.entry,
    "conv1d": affine.conv,
    "conv2d": affine.conv,
    "conv_transpose2d": affine.conv_transpose,
    "linear": affine.linear,
    "batchnorm": affine.batchnorm,
    "relu": activation.relu,
    "clamp": activation.clamp,
    "leaky_relu": activation.leaky,
    "quantised_relu": activation.quantised_relu,
    "avgpool": pooling.average,
    "adaptive_avgpool": pooling.average,
    "avgpool_map": pooling.uneven,
    "mean": pooling.mean,
    "sum": pooling.total,
    "maxpool": pooling.maximum,
    "upsample": pooling.upsample,
    "pad": pooling.pad,
    "flatten": shape.flatten,
    "reshape": shape.reshape,
    "identity": shape.dropped,
    "dropout": shape.dropped,
    "softmax": shape.softmax,
    "rising": shape.rising,
    "moved": shape.moved,
    "filled": shape.filled,
    "add": shape.add,
    "sub": shape.sub,
    "concat": shape.concat,
}
