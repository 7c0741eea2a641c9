"""What each kind of node becomes: one small rule per kind, in one table."""

from collections.abc import Callable, Mapping

from spikewright import SpikewrightError
from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.rules import activation, affine, linear, maxima, pooling, shape, stand_ins
from spikewright.conversion.reading.values import Value
from spikewright.conversion.reading.walk import Walk

Rule = Callable[[Walk, GraphNode], Value]


def visit(walk: Walk, node: GraphNode) -> None:
    """Give `node` its value, or name it as an obstacle and go on with what would stand in its place."""
    span = walk.spans.get(node.name)
    if span is not None:
        stand_ins.spanned(walk, node, span)
        return
    try:
        walk.values[node.name] = _RULES.get(node.kind, shape.elementwise)(walk, node).at(node.name)
    except Refusal as refused:
        if refused.ending is None:
            stand_ins.refuse(walk, node, refused)
        else:
            stand_ins.inside(walk, refused.ending)
            visit(walk, node)
    except (
        SpikewrightError
    ):  # by the records that a plan is made of; any other error is a fault of ours, which must show
        if not walk.obstacles:
            raise
        stand_ins.unjudged(walk, node)


_RULES: Mapping[str, Rule] = {
    "input": shape.entry,
    "conv1d": affine.conv,
    "conv2d": affine.conv,
    "conv_transpose2d": affine.conv_transpose,
    "linear": affine.linear,
    "linear_map": linear.over_last_axis,
    "batchnorm": affine.batchnorm,
    "relu": activation.relu,
    "clamp": activation.clamp,
    "clip": activation.clip,
    "leaky_relu": activation.leaky,
    "quantised_relu": activation.quantised_relu,
    "avgpool": pooling.average,
    "adaptive_avgpool": pooling.average,
    "avgpool_map": pooling.uneven,
    "mean": pooling.mean,
    "sum": pooling.total,
    "maxpool": maxima.maximum,
    "upsample": pooling.upsample,
    "resampled": pooling.resample,
    "pad": pooling.pad,
    "flatten": shape.flatten,
    "reshape": shape.reshape,
    "identity": shape.dropped,
    "dropout": shape.dropped,
    "softmax": shape.softmax,
    "rising": shape.rising,
    "moved": shape.moved,
    "joined": shape.beside,
    "filled": shape.filled,
    "add": shape.add,
    "sub": shape.sub,
    "concat": shape.concat,
}
