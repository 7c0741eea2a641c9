"""What a rule is asked and what it says: the call of a graph's node, and the kind and arguments found for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import fx


class Found(NamedTuple):
    """The kind of a node and its arguments; `detail`: of an "unsupported" node, what it is."""

    kind: str
    arguments: Mapping[str, Any] = {}
    detail: str = ""


@dataclass(frozen=True)
class GraphCall:
    """A graph node with its module, the shapes of its tensor inputs and of its output (no batch dimension).

    `several`: it gives a tuple of tensors, of which `shape` is the first. `tensors`: the nodes that give its tensor inputs.
    """

    node: fx.Node
    module: Any
    sources: tuple[tuple[int, ...], ...]
    shape: tuple[int, ...]
    several: bool = False
    tensors: tuple[fx.Node, ...] = ()

    def bind(self, *names: str, **defaults: Any) -> dict[str, Any]:
        """Arguments after the tensor, by name, whether they were given by place, by keyword, or not at all."""
        given = dict(zip(names, self.node.args[1:], strict=False))
        return {**defaults, **given, **{key: value for key, value in self.node.kwargs.items() if key != "input"}}


Rule = Callable[[GraphCall], Found]


def unsupported(detail: str) -> Found:
    """What no rule fits exactly, and why."""
    return Found("unsupported", detail=detail)


def plain(kind: str) -> Rule:
    """A kind without arguments."""
    return lambda call: Found(kind)
