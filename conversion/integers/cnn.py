"""The integer CNN: a quantised network whose thresholds, biases and scales lie on the grids of its accumulators."""

from spikewright.conversion.errors import Obstacle, Unconvertible
from spikewright.snn import Network
from spikewright.weights import unscaled

REAL_WEIGHTS = "its weights are real numbers; try compress.quantize(model, bits=8, data=data, activation_bits=4)"


def integer_cnn(network: Network) -> Network:
    """The float32 network of a quantised CNN (recipe `Quantized`) in fixed point, with the integer weights that it has.

    Thresholds are even integers of the accumulator, so y = clip(floor((S + b + theta/2) / theta), 0, levels) in integers from
    the image to the logits; `snn.fixed.snapping` tells how the grid is chosen. Raises Unconvertible where weights
    are real numbers.
    """
    real = tuple(
        Obstacle.of(q.name, type(q.synapse).__name__, REAL_WEIGHTS)
        for q in network.projections
        if q.synapse.weights is not None and unscaled(q.synapse.weights)[0].real
    )
    if real:
        raise Unconvertible.of(network.report.rows, real)
    return network.to_fixed()
