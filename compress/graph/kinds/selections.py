"""The rules that name selections: slices with steps, single rows and channels."""

from typing import Any

from torch import fx

from spikewright.compress.graph.kinds.call import Found, GraphCall, unsupported
from spikewright.compress.graph.kinds.shapes import reshape

Range = tuple[int, int, int]
"""First place, step, and how many."""


def item(call: GraphCall) -> Found:
    """`x[:, :, ::2, 1:]`: for each axis of the source behind the batch where it begins, its step and how many."""
    index = call.node.args[1]
    listed = list(index) if isinstance(index, tuple | list) else [index]
    rank = len(call.sources[0]) + 1
    if Ellipsis in listed:
        place = listed.index(Ellipsis)
        given = sum(one is not None for one in listed) - 1
        listed[place : place + 1] = [slice(None)] * (rank - given)
    axes = [one for one in listed if one is not None]
    axes += [slice(None)] * (rank - len(axes))
    if not all(map(_is_fixed, axes)):
        return unsupported("an index that is a list, or computed")
    if axes[0] != slice(None):
        return unsupported("an index that selects images of the batch")
    ranges = [_range(one, size) for one, size in zip(axes[1:], call.sources[0], strict=True)]
    return _selected(call, ranges)


def select(call: GraphCall) -> Found:
    """torch.select(x, dim, index): one place of an axis."""
    given = call.bind("dim", "index")
    return _along(call, given["dim"], given["index"])


def narrow(call: GraphCall) -> Found:
    """torch.narrow(x, dim, start, length)."""
    given = call.bind("dim", "start", "length")
    start, length = given["start"], given["length"]
    if not isinstance(start, int) or not isinstance(length, int):
        return unsupported("an index that is a list, or computed")
    begin = start if start >= 0 else start + call.sources[0][given["dim"] - 1 if given["dim"] > 0 else given["dim"]]
    return _along(call, given["dim"], slice(begin, begin + length))


def _along(call: GraphCall, dim: Any, one: Any) -> Found:
    shape = call.sources[0]
    if not isinstance(dim, int) or not _is_fixed(one):
        return unsupported("an index that is a list, or computed")
    axis = dim % (len(shape) + 1) - 1
    if axis < 0:
        return unsupported("an index that selects images of the batch")
    return _selected(call, [_range(one if place == axis else slice(None), size) for place, size in enumerate(shape)])


def _selected(call: GraphCall, ranges: list[Range]) -> Found:
    if all(one == (0, 1, size) for one, size in zip(ranges, call.sources[0], strict=True)):
        return reshape(call)
    return Found("select", {"ranges": tuple(ranges)})


def _is_fixed(one: Any) -> bool:
    if isinstance(one, slice):
        return not any(isinstance(end, fx.Node) for end in (one.start, one.stop, one.step))
    return isinstance(one, int) and not isinstance(one, bool)


def _range(one: Any, size: int) -> Range:
    if not isinstance(one, slice):
        return one % size, 1, 1
    start, stop, step = one.indices(size)
    return start, step, len(range(start, stop, step))
