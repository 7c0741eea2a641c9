"""Functions and methods of torch between layers of neurons: what each makes of traced values.

Every rule takes what was found so far and the arguments of the call. Sums, multiples, flattening, concatenation of channels,
pools and dropout have a meaning in a network of spikes; what repeats, stacks or averages over the steps of the input or the
answer is understood there. Anything else is refused by the caller.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.module_chain import Average, Factor, Flat, Part
from spikewright.snn.interop.module_values import Extent, Flow, Gathered, Maximum, State, words


def pair(value: Any) -> tuple[int, int]:
    """One or two whole numbers, for rows and columns."""
    rows, columns = (value, value) if isinstance(value, int) else tuple(value)
    return int(rows), int(columns)


def as_flow(value: Any) -> Flow:
    """A value as a sum of terms; a tensor of zeros is the empty sum. Raises InvalidNetwork for anything else."""
    if isinstance(value, Tensor) and not bool(torch.any(value != 0)):
        return Flow(())
    if not isinstance(value, Flow):
        raise InvalidNetwork(f"expected spikes or the input, got {words(value)}")
    return value


def _add(found: Any, one: Any, other: Any, *, alpha: int = 1) -> Any:
    """A residual sum; sums of the answers of all steps are kept as such."""
    if alpha != 1:
        raise InvalidNetwork("expected a plain sum, got one with alpha")
    for zero, value in ((one, other), (other, one)):
        if isinstance(zero, int | float) and zero == 0:
            return value
    if isinstance(one, Gathered) or _other_step(one, other):
        return Gathered((*(one.values if isinstance(one, Gathered) else (one,)), other))
    return Flow((*as_flow(one).terms, *as_flow(other).terms))


def _other_step(one: Any, other: Any) -> bool:
    """Whether two flows are the same in different steps, as when answers are summed up."""
    if not (isinstance(one, Flow) and isinstance(other, Flow)):
        return False
    places = [[(term.source, term.ops) for term in flow.terms] for flow in (one, other)]
    steps = [[term.step for term in flow.terms] for flow in (one, other)]
    return places[0] == places[1] and steps[0] != steps[1]


def _times(found: Any, one: Any, other: Any) -> Any:
    value, factor = (one, other) if isinstance(one, Flow | Gathered) else (other, one)
    if not isinstance(factor, int | float):
        raise InvalidNetwork(f"expected a product with a number, got {words(factor)}")
    return value if isinstance(value, Gathered) and factor > 0 else as_flow(value).through(Factor(float(factor)), "mul")


def _over(found: Any, value: Any, divisor: Any) -> Any:
    if isinstance(value, Gathered) and isinstance(divisor, int | Extent):
        return value
    if not isinstance(divisor, int | float) or divisor == 0:
        raise InvalidNetwork(f"expected a division by a number, got {words(divisor)}")
    return _times(found, value, 1.0 / divisor)


def _item(found: Any, value: Any, index: Any) -> Any:
    """An element of a pair, a size, or the input of one step."""
    if isinstance(value, Extent):
        return Extent(index) if isinstance(index, int) else value
    if isinstance(value, tuple | list) and not isinstance(value, Flow | Gathered | State):
        return value[index]
    if isinstance(value, Gathered):
        raise InvalidNetwork("expected all steps of the answer, got some of them")
    step = index if isinstance(index, int) else next((part for part in index if isinstance(part, int)), None)
    rest = [part for part in index if part != step] if isinstance(index, tuple) else []
    if step is None or any(part != slice(None) and part is not Ellipsis for part in rest) or step < 0:
        raise InvalidNetwork(f"expected the input of one step, got {words(value)} at {index}")
    flow = as_flow(value)
    if any(term.step is not None for term in flow.terms) or not flow.is_input:
        raise InvalidNetwork(f"expected the input of one step, got {words(value)} at {index}")
    return Flow(tuple(term._replace(step=step) for term in flow.terms))


def _flatten(found: Any, value: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """All axes of a sample; or time and batch, which says nothing here."""
    flow = as_flow(value)
    if (start_dim, end_dim) == (0, 1):
        return flow
    if start_dim < 1 or end_dim != -1:
        raise InvalidNetwork(f"expected everything but the batch to be flattened, got {start_dim} to {end_dim}")
    return flow.through(Flat(), "flatten")


def _view(found: Any, value: Any, *sizes: Any) -> Any:
    """(batch, everything), in which one may be left open."""
    wanted = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes
    flow = as_flow(value)
    if len(wanted) != 1 + found.axes or isinstance(wanted[-1], Extent):
        raise InvalidNetwork(f"expected a view of (batch, everything), got {len(wanted)} axes")
    return flow.through(Flat(wanted[-1] if wanted[-1] != -1 else None), "view")


def _cat(found: Any, tensors: Any, dim: int = 0, axis: int | None = None) -> Any:
    """Channels side by side."""
    place = dim if axis is None else axis
    if place != found.axes:
        raise InvalidNetwork(f"expected a concatenation of channels, axis {found.axes}, got axis {place}")
    flows = [as_flow(tensor) for tensor in tensors]
    counts = [found.shape(flow)[0] for flow in flows]
    parts = [Part(sum(counts[:number]), sum(counts[: number + 1]), sum(counts)) for number in range(len(counts))]
    placed = zip(flows, parts, strict=True)
    return Flow(tuple(term for flow, part in placed for term in flow.through(part, "cat").terms))


def _stack(found: Any, tensors: Any, dim: int = 0, axis: int | None = None) -> Any:
    """The answers of all steps."""
    return Gathered(tuple(tensors))


def _mean(found: Any, value: Any, dim: Any = None, keepdim: bool = False, axis: Any = None) -> Any:
    """Over the steps of the answer; a mean over all rows and columns is a pool."""
    place = dim if axis is None else axis
    if isinstance(value, Gathered) or place in (0, found.axes - 1):
        return value if isinstance(value, Gathered) else Gathered((as_flow(value),))
    if place in ((-2, -1), [-2, -1], (-1, -2), (2, 3), [2, 3]):
        pooled = as_flow(value).through(nn.AdaptiveAvgPool2d(1), "mean")
        return pooled if keepdim else pooled.through(Flat(), "mean")
    raise InvalidNetwork(f"expected a mean over steps, or over rows and columns, got one over {place}")


def _sum(found: Any, value: Any, dim: Any = None, keepdim: bool = False, axis: Any = None) -> Any:
    """Over the steps of the answer."""
    place = dim if axis is None else axis
    if isinstance(value, Gathered) or place in (0, found.axes - 1):
        return value if isinstance(value, Gathered) else Gathered((as_flow(value),))
    raise InvalidNetwork(f"expected a sum over steps, got one over {place}")


def _repeat(found: Any, value: Any, *sizes: Any) -> Any:
    """The input, or what was made of it, for every step."""
    wanted = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes
    if not as_flow(value).is_input:
        raise InvalidNetwork(f"expected the input to be repeated for every step, got {words(value)}")
    found.repeats = wanted[0] if isinstance(wanted[0], int) and wanted[0] > 1 else found.repeats
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


def maximum_of(axes: int, kernel_size: Any, stride: Any, padding: Any) -> Maximum:
    """The geometry of max-pooling over 2 axes, or along a sequence, 1 axis: windows of one row."""
    if axes == 2:
        return Maximum(pair(kernel_size), pair(stride or kernel_size), pair(padding))

    def one(value: Any) -> int:
        return int(value[0] if isinstance(value, tuple | list) else value)

    return Maximum((1, one(kernel_size)), (1, one(stride or kernel_size)), (0, one(padding)))


def _max_pool(axes: int) -> Any:
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


RULES: dict[str, Callable[..., Any]] = {
    "add": _add,
    "iadd": _add,
    "mul": _times,
    "truediv": _over,
    "div": _over,
    "getitem": _item,
    "flatten": _flatten,
    "view": _view,
    "reshape": _view,
    "cat": _cat,
    "concat": _cat,
    "stack": _stack,
    "mean": _mean,
    "sum": _sum,
    "repeat": _repeat,
    "expand": _repeat,
    "unsqueeze": _axis,
    "contiguous": _same,
    "float": _same,
    "detach": _same,
    "clone": _same,
    "dropout": _same,
    "dropout2d": _same,
    "size": _size,
    "getattr": _attribute,
    "max_pool1d": _max_pool(1),
    "max_pool2d": _max_pool(2),
    "avg_pool2d": _avg_pool,
}
