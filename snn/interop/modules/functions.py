"""Functions and methods of torch between layers of neurons: what each makes of traced values.

A rule takes what was found so far and the arguments of the call. Sums, multiples, flattening, concatenation of channels, pools
and dropout have a meaning in a network of spikes; what repeats, stacks or averages over the steps of the input or of the answer
is understood here. Anything else is refused by the caller. A new function is its rule and its line in `FUNCTIONS`.
"""

from collections.abc import Callable
from itertools import accumulate
from typing import Any

from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import Average, ChannelPart, Flat, pair
from spikewright.snn.interop.modules.maxima import maximum_of
from spikewright.snn.interop.modules.values import Extent, Gathered, SpikeFlow, TracedValue, as_flow, words


def _traced(value: Any) -> TracedValue:
    """A traced value as it is, a tensor of zeros as the empty sum."""
    return value if isinstance(value, TracedValue) else as_flow(value)


def _add(found: Any, one: Any, other: Any, *, alpha: int = 1) -> Any:
    """A residual sum; adding zero is nothing, as Python's sum() begins."""
    if alpha != 1:
        raise InvalidNetwork("expected a plain sum, got one with alpha")
    for zero, value in ((one, other), (other, one)):
        if isinstance(zero, int | float) and zero == 0:
            return value
    return _traced(one).plus(other)


def _times(found: Any, one: Any, other: Any) -> Any:
    value, factor = (one, other) if isinstance(one, TracedValue) else (other, one)
    if not isinstance(factor, int | float):
        raise InvalidNetwork(f"expected a product with a number, got {words(factor)}")
    return _traced(value).times(factor)


def _over(found: Any, value: Any, divisor: Any) -> Any:
    return _traced(value).over(divisor)


def _item(found: Any, value: Any, index: Any) -> Any:
    """An element of a pair, a size, or the input of one step."""
    return value[index] if isinstance(value, tuple | list) else _traced(value).item(index)


def _flatten(found: Any, value: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """All axes of a sample; or time and batch, which says nothing here."""
    flow = as_flow(value)
    if (start_dim, end_dim) == (0, 1):
        return flow
    if start_dim < 1 or end_dim != -1:
        raise InvalidNetwork(f"expected everything but the batch to be flattened, got {start_dim} to {end_dim}")
    return flow.through(Flat(), "flatten")


def _sizes(sizes: Any) -> Any:
    """Sizes as torch takes them, one by one or as a sequence."""
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes


def _view(found: Any, value: Any, *sizes: Any) -> Any:
    """(batch, everything), in which one may be left open."""
    wanted, flow = _sizes(sizes), as_flow(value)
    if len(wanted) != 1 + found.axes or isinstance(wanted[-1], Extent):
        raise InvalidNetwork(f"expected a view of (batch, everything), got {len(wanted)} axes")
    return flow.through(Flat(wanted[-1] if wanted[-1] != -1 else None), "view")


def _cat(found: Any, tensors: Any, dim: int = 0, axis: int | None = None) -> Any:
    """Channels side by side."""
    place = dim if axis is None else axis
    if place != found.axes:
        raise InvalidNetwork(f"expected a concatenation of channels, axis {found.axes}, got axis {place}")
    flows = [as_flow(tensor) for tensor in tensors]
    ends = list(accumulate(found.shape(flow)[0] for flow in flows))
    parts = [ChannelPart(start, stop, ends[-1]) for start, stop in zip([0, *ends], ends, strict=False)]
    placed = zip(flows, parts, strict=True)
    return SpikeFlow(tuple(term for flow, part in placed for term in flow.through(part, "cat").terms))


def _stack(found: Any, tensors: Any, dim: int = 0, axis: int | None = None) -> Any:
    """The answers of all steps."""
    return Gathered(tuple(tensors))


def _mean(found: Any, value: Any, dim: Any = None, keepdim: bool = False, axis: Any = None) -> Any:
    """Over the steps of the answer; a mean over all rows and columns is a pool."""
    place = dim if axis is None else axis
    if isinstance(value, Gathered) or place in (0, found.axes - 1):
        return _traced(value).over_steps()
    if place in ((-2, -1), [-2, -1], (-1, -2), (2, 3), [2, 3]):
        pooled = as_flow(value).through(nn.AdaptiveAvgPool2d(1), "mean")
        return pooled if keepdim else pooled.through(Flat(), "mean")
    raise InvalidNetwork(f"expected a mean over steps, or over rows and columns, got one over {place}")


def _sum(found: Any, value: Any, dim: Any = None, keepdim: bool = False, axis: Any = None) -> Any:
    """Over the steps of the answer."""
    place = dim if axis is None else axis
    if isinstance(value, Gathered) or place in (0, found.axes - 1):
        return _traced(value).over_steps()
    raise InvalidNetwork(f"expected a sum over steps, got one over {place}")


def _repeat(found: Any, value: Any, *sizes: Any) -> Any:
    """The input, or what was made of it, for every step."""
    first = _sizes(sizes)[0]
    if not as_flow(value).is_input:
        raise InvalidNetwork(f"expected the input to be repeated for every step, got {words(value)}")
    found.repeats = first if isinstance(first, int) and first > 1 else found.repeats
    return value


def _same(found: Any, value: Any, *arguments: Any, **more: Any) -> Any:
    """What leaves numbers as they are."""
    return value


def _axis(found: Any, value: Any, *arguments: Any, **more: Any) -> Any:
    """An axis of length one, for the steps of the input."""
    if not as_flow(value).is_input:
        raise InvalidNetwork(f"expected an axis for the steps of the input, got one for {words(value)}")
    return value


def _size(found: Any, value: Any, axis: int | None = None) -> Any:
    return Extent(axis)


def _attribute(found: Any, value: Any, name: str) -> Any:
    if name != "shape":
        raise InvalidNetwork(f"expected the shape of a value, got its {name!r}")
    return Extent()


def _max_pool(axes: int) -> Callable[..., Any]:
    """The rule of max_pool1d and max_pool2d."""

    def rule(
        found: Any, value: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, **more: Any
    ) -> Any:
        if any(more.values()) or pair(dilation) != (1, 1):
            raise InvalidNetwork("expected max-pooling without ceil_mode, indices and dilation")
        return found.maximum(maximum_of(axes, kernel_size, stride, padding), value, f"max_pool{axes}d")

    return rule


def _avg_pool(
    found: Any, value: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, *, ceil_mode: bool = False
) -> Any:
    if ceil_mode or pair(padding) != (0, 0):
        raise InvalidNetwork("expected an average without padding and ceil_mode")
    return as_flow(value).through(Average(pair(kernel_size), pair(stride or kernel_size)), "avg_pool2d")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("add", "iadd"), _add),
    "mul": _times,
    **dict.fromkeys(("div", "truediv"), _over),
    "getitem": _item,
    "flatten": _flatten,
    **dict.fromkeys(("view", "reshape"), _view),
    **dict.fromkeys(("cat", "concat"), _cat),
    "stack": _stack,
    "mean": _mean,
    "sum": _sum,
    **dict.fromkeys(("repeat", "expand"), _repeat),
    "unsqueeze": _axis,
    **dict.fromkeys(("contiguous", "float", "detach", "clone", "dropout", "dropout2d"), _same),
    "size": _size,
    "getattr": _attribute,
    "max_pool1d": _max_pool(1),
    "max_pool2d": _max_pool(2),
    "avg_pool2d": _avg_pool,
}
