"""The law of refusals: replace what the list names by its substitute, read again, and nothing new appears.

from tests.conversion.substituting import check_told_whole
check_told_whole(model, samples)            # raises AssertionError with what appeared; gives the obstacles
"""

import copy
from math import prod
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from spikewright.conversion import Obstacle, obstacles
from spikewright.conversion.reading.model import rewritten_view

Shapes = dict[str, tuple[int, ...]]


class Stand(nn.Module):
    """Activations of a population of their own, `shape (...)`, the same for each image."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        whole = prod(self.shape)
        if len(self.shape) in (2, 3) and (whole > max(self.shape) or whole == self.shape[0]):
            return F.relu(x.new_full((x.shape[0], *self.shape), 0.5))
        return F.relu(x.new_full((x.shape[0], prod(self.shape)), 0.5)).reshape(x.shape[0], *self.shape)


def replaced(model: Any, samples: Tensor, found: tuple[Obstacle, ...]) -> nn.Module:
    """`model` with every step that `found` names (but for hardware's) replaced by one of equal shape that converts.

    A ReLU or nothing where the substitute says so, else a population of its own; what entered that becomes another output, so
    that it is still read. The graph is that of the reading: batch norms are folded.
    """
    view = rewritten_view(model, samples)[0]
    work = _Replacing(copy.deepcopy(view.graph_module), {node.name: node.shape for node in view})
    work.unread = {node.name for node in view if node.args.get("displaced")}
    for obstacle in found:
        if obstacle.hinders:
            work.replace(obstacle)
    return work.finished()


def check_told_whole(model: Any, samples: Tensor, **more: Any) -> tuple[Obstacle, ...]:
    """The obstacles of `model`, after it was shown that nothing else stands in the way once they are replaced.

    `more`: recipe and input range, as for `obstacles`. Raises AssertionError with what appears when the model is read again.
    """
    found = tuple(one for one in obstacles(model, samples, **more) if one.hinders)
    assert all(one.reason and one.substitute for one in found), found
    assert all(one.node != "model" for one in found), f"not judged: {found}"
    again = [one for one in obstacles(replaced(model, samples, found), samples, **more) if one.hinders]
    assert not again, f"appeared behind {[str(one) for one in found]}: {[str(one) for one in again]}"
    return found


class _Replacing:
    """The graph, step by step without its obstacles. `unread`: values without a batch in front; `made`: substitutes."""

    def __init__(self, module: fx.GraphModule, shapes: Shapes) -> None:
        self.module, self.shapes = module, shapes
        self.unread, self.made, self.kept = set[str](), dict[str, fx.Node](), list[fx.Node]()
        self.steps, self.sizes = {node.name: node for node in module.graph.nodes}, dict(shapes)

    def replace(self, obstacle: Obstacle) -> None:
        inside = [self.steps[name] for name in obstacle.nodes]
        for end in inside:
            readers = [user for user in end.users if user not in inside]
            if readers:
                with self.module.graph.inserting_after(self._last(end, obstacle)):
                    self.made[end.name] = self._passed(end, obstacle) or self._stand(end, inside)
                    self.sizes[self.made[end.name].name] = self.shapes[end.name]
                for reader in readers:
                    reader.replace_input_with(end, self.made[end.name])

    def finished(self) -> fx.GraphModule:
        graph = self.module.graph
        output = next(node for node in graph.nodes if node.op == "output")
        kept = [node for node in dict.fromkeys(self.kept) if node is not output.args[0]]
        if kept and len(self.shapes[output.args[0].name] if output.args[0].name in self.shapes else (1,)) == 1:
            with graph.inserting_before(output):
                read = [self._read(place, node) for place, node in enumerate(kept)]
                output.args = (graph.call_function(torch.cat, ([output.args[0], *read], 1)),)
        graph.eliminate_dead_code()
        graph.lint()
        self.module.delete_all_unused_submodules()
        self.module.recompile()
        return self.module.eval()

    def _read(self, place: int, node: fx.Node) -> fx.Node:
        """One number of all that `node` gives."""
        flat = self.module.graph.call_function(torch.flatten, (node, 1))
        self.module.add_submodule(f"read_{place}", nn.Linear(prod(self.sizes[node.name]), 1))
        return self.module.graph.call_module(f"read_{place}", (flat,))

    def _last(self, end: fx.Node, obstacle: Obstacle) -> fx.Node:
        source = self._source(obstacle)
        return end if source is None or source < end else source

    def _source(self, obstacle: Obstacle) -> fx.Node | None:
        name = obstacle.reads or ""
        return self.made.get(name, self.steps.get(name))

    def _passed(self, end: fx.Node, obstacle: Obstacle) -> fx.Node | None:
        source = self._source(obstacle)
        if source is None or end.name != obstacle.node or self.shapes[str(obstacle.reads)] != self.shapes[end.name]:
            return None
        if obstacle.substitute.startswith(("BatchNorm", "no gate")):
            return self.module.graph.call_method("clone", (source,))
        if obstacle.substitute.startswith("ReLU") or "ReLU inside" in obstacle.substitute:
            return self.module.graph.call_function(F.relu, (source,))
        return None

    def _stand(self, end: fx.Node, inside: list[fx.Node]) -> fx.Node:
        entering = [source for node in inside for source in node.all_input_nodes if source not in inside]
        values = [one for one in entering if one.op != "get_attr" and one.name not in self.unread]
        self.kept += [one for one in values if self.sizes.get(one.name)]  # a number of the whole batch has no axes
        self.module.add_submodule(f"stand_{end.name}", Stand(self.shapes[end.name]))
        first = next(node for node in self.module.graph.nodes if node.op == "placeholder")
        return self.module.graph.call_module(f"stand_{end.name}", (first,))
