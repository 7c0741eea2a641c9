"""The nodes between two populations of a NIR graph: what each does to the chain that becomes a projection."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.files import LARGEST_COUNT
from spikewright.snn.interop.chain import Chain, OpenProjection
from spikewright.snn.interop.nir.reading import numbers, pair, whole_numbers
from spikewright.snn.synapses import Conv1d, Conv2d, Linear, Shape

MOST_STEPS = 1_000_000


def through(chain: Chain, nodes: list[tuple[str, Any]], dt: float) -> OpenProjection:
    """All `nodes` behind the source of `chain`, in order; steps are `dt` seconds.

    Raises InvalidNetwork with the name of the node that does not fit.
    """
    for name, node in nodes:
        try:
            BETWEEN[type(node).__name__](chain, name, node, dt)
        except InvalidNetwork as error:
            raise InvalidNetwork(f"node {name!r}: {error}") from error
        if prod(chain.shape) > LARGEST_COUNT:
            raise InvalidNetwork(f"expected at most {LARGEST_COUNT} values behind node {name!r}, got {chain.shape}")
    return chain.finished()


def _delay(chain: Chain, name: str, node: Any, dt: float) -> None:
    """Whole steps."""
    delay = numbers(node, name, "delay").reshape(-1) / dt
    steps = np.round(delay)
    if not delay.size or np.any(steps != steps[0]) or not 0 <= steps[0] <= MOST_STEPS:
        raise InvalidNetwork(f"expected one delay of 0 to {MOST_STEPS} steps of {dt} s, got {delay[:4]}")
    if abs(delay[0] - steps[0]) > 1e-3:
        raise InvalidNetwork(f"expected a delay of whole steps of {dt} s, got {delay[0]:.4g} steps")
    chain.delay += int(steps[0])


def _flatten(chain: Chain, name: str, node: Any, dt: float) -> None:
    """Only whole: some tools count the batch as a dimension, so any end that leaves one dimension is accepted."""
    chain.flatten()


def _scale(chain: Chain, name: str, node: Any, dt: float) -> None:
    chain.scale(numbers(node, name, "scale"))


def _linear(chain: Chain, name: str, node: Any, dt: float) -> None:
    chain.weigh(Linear, numbers(node, name, "weight"), ())


def _affine(chain: Chain, name: str, node: Any, dt: float) -> None:
    _linear(chain, name, node, dt)
    _current(chain, name, node)


def _convolution(record: type, axes: int) -> Callable[[Chain, str, Any, float], None]:
    """The rule of Conv1d and Conv2d."""

    def rule(chain: Chain, name: str, node: Any, dt: float) -> None:
        if chain.flat:
            raise InvalidNetwork("expected a convolution before the Flatten, got one behind it")
        weight = numbers(node, name, "weight")
        if weight.ndim != 2 + axes:
            raise InvalidNetwork(f"expected weights with {2 + axes} dimensions, got {weight.shape}")
        stride, dilation = (whole_numbers(node, name, what, axes) for what in ("stride", "dilation"))
        padding = _padding(node, name, weight.shape[2:], stride, dilation)
        settings: Any = (stride, padding, dilation) if axes == 2 else (stride[0], padding[0], dilation[0])
        chain.weigh(record, weight, (*settings, whole_numbers(node, name, "groups", 1)[0]))
        _current(chain, name, node)

    return rule


def _padding(node: Any, name: str, kernel: Shape, stride: Shape, dilation: Shape) -> tuple[int, ...]:
    """Padding in numbers; "same" is symmetric for odd kernels at stride 1."""
    padding = node.padding.decode() if isinstance(node.padding, bytes) else node.padding
    if not isinstance(padding, str):
        return whole_numbers(node, name, "padding", len(kernel))
    reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    if padding == "valid":
        return (0,) * len(kernel)
    if padding != "same" or any(r % 2 for r in reach) or set(stride) != {1}:
        raise InvalidNetwork(f"expected padding in numbers, got {padding!r} with kernel {kernel} and stride {stride}")
    return tuple(r // 2 for r in reach)


def _current(chain: Chain, name: str, node: Any) -> None:
    """A bias, which stays with the name of its node."""
    bias = numbers(node, name, "bias")
    if bias.shape not in {(), (chain.shape[0],)}:
        raise InvalidNetwork(f"expected a bias ({chain.shape[0]},), got {bias.shape}")
    chain.owner, chain.bias = name, bias


def _pool(*, average: bool) -> Callable[[Chain, str, Any, float], None]:
    """The rule of SumPool2d and AvgPool2d."""

    def rule(chain: Chain, name: str, node: Any, dt: float) -> None:
        kernel, stride = pair(node, name, "kernel_size"), pair(node, name, "stride")
        if any(pair(node, name, "padding")):
            raise InvalidNetwork(f"expected a pool without padding on (C, H, W), got {kernel} on {chain.shape}")
        chain.pool(kernel, stride, average=average)

    return rule


BETWEEN: dict[str, Callable[[Chain, str, Any, float], None]] = {
    "Affine": _affine,
    "Linear": _linear,
    "Conv1d": _convolution(Conv1d, 1),
    "Conv2d": _convolution(Conv2d, 2),
    "SumPool2d": _pool(average=False),
    "AvgPool2d": _pool(average=True),
    "Flatten": _flatten,
    "Scale": _scale,
    "Delay": _delay,
}
"""Kind of node -> its rule."""
