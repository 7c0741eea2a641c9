"""Shapes of all values of a graph, found by running two batch sizes: what follows the batch, what does not, what displaces it."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import fx

from spikewright import InvalidInput
from spikewright.compress.graph.observe import Observer
from spikewright.compress.graph.sizes import BATCHES

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Propagated:
    """`shapes` of one image by node, without the batch; of a node in `several`, which gives several tensors, that of the first.

    `displaced`: nodes whose values have the batch elsewhere than on dimension 0 for itself, such as windows of an image that
    stand side by side with the images. Their shapes are those of one image all the same.
    """

    shapes: dict[str, Shape]
    several: frozenset[str]
    displaced: frozenset[str]


def propagated(module: fx.GraphModule, sample: torch.Tensor) -> Propagated:
    """Run `sample (1, ...)` as two batches. Raises InvalidInput for one that does not fit, and for sizes that follow no batch."""
    (two, several), (three, _) = (
        _run(module, sample[:1].expand(size, *sample.shape[1:]).contiguous()) for size in BATCHES
    )
    shapes, displaced = {}, []
    for name, shape in two.items():
        if shape and shape[0] == BATCHES[0] and three[name] == (BATCHES[1], *shape[1:]):
            shapes[name] = shape[1:]
        elif shape == three[name]:
            shapes[name] = shape
        else:
            shapes[name] = _of_one_image(name, shape, three[name])
            displaced.append(name)
    return Propagated(shapes, frozenset(several), frozenset(displaced))


def _of_one_image(name: str, two: Shape, three: Shape) -> Shape:
    """The shape of one image where one axis, which is not the batch itself, grows with the batch."""
    axes = [axis for axis, pair in enumerate(zip(two, three, strict=False)) if pair[0] != pair[1]]
    if len(two) == len(three) and len(axes) == 1:
        axis = axes[0]
        each, rest = divmod(two[axis], BATCHES[0])
        if not rest and three[axis] == each * BATCHES[1]:
            return (*two[:axis], *(() if each == 1 else (each,)), *two[axis + 1 :])
    raise InvalidInput(
        f"expected the batch as dimension 0 of every value, got shapes {two} and {three} for batches of 2 and 3 at {name}; "
        "try x.flatten(1) and no fixed batch size"
    )


def _run(module: fx.GraphModule, sample: torch.Tensor) -> tuple[dict[str, Shape], set[str]]:
    """The shape of every value, batch included, and the nodes that give several tensors."""
    shapes: dict[str, Shape] = {}
    several: set[str] = set()

    def keep(node: fx.Node, _: torch.Tensor | None, value: Any) -> Any:
        tensors = [one for one in (value if isinstance(value, tuple | list) else (value,)) if torch.is_tensor(one)]
        if tensors:
            shapes[node.name] = tuple(tensors[0].shape)
            several.update([node.name] if isinstance(value, tuple | list) else [])
        return value

    try:
        with torch.no_grad():
            Observer(module, keep).run(sample.clone())
    except Exception as error:  # whatever the model's own layers raise for a wrong shape
        raise InvalidInput(
            f"expected a sample that fits the model, got {tuple(sample.shape[1:])} per sample: {_first_line(error)}"
        ) from error
    return shapes, several


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
