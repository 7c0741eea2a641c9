"""One way to look at what flows through a traced model: an observer that sees, and may replace, what its nodes give."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import torch
from torch import fx

Wanted = Callable[[fx.Node], bool]
"""Whether a node is shown."""
See = Callable[[fx.Node, torch.Tensor | None, Any], Any]
"""see(node, entered, value): a copy of the first tensor that entered the node (None for none, or where copies are not asked
for), and what the node gave; what `see` returns goes on in its place."""
_SAMPLED = 1 << 17
_BATCH = 512


class Observer(fx.Interpreter):
    """Runs a graph and shows each node that is `wanted` to `see`, in the order of execution.

    `entering` asks for copies of what entered; copies, since a later node may overwrite it.

        sizes = {}
        Observer(module, lambda node, _, value: sizes.setdefault(node.name, value)).run(images)
    """

    def __init__(
        self, module: fx.GraphModule, see: See, wanted: Wanted = lambda _: True, *, entering: bool = False
    ) -> None:
        super().__init__(module)
        self.see, self.wanted, self.entering = see, wanted, entering

    def run_node(self, n: fx.Node) -> Any:
        """What `see` makes of the value of the node, or the value itself."""
        if not self.wanted(n):
            return super().run_node(n)
        first = self.env.get(n.all_input_nodes[0]) if self.entering and n.all_input_nodes else None
        entered = first.clone() if isinstance(first, torch.Tensor) else None
        return self.see(n, entered, super().run_node(n))


def inputs_of(
    module: fx.GraphModule,
    names: Collection[str],
    images: torch.Tensor,
    shown: Mapping[str, Callable[[torch.Tensor], torch.Tensor]] | None = None,
    results: Collection[str] = (),
) -> Mapping[str, torch.Tensor]:
    """What enters the named nodes while `module`, put into evaluation mode, runs on `images (samples, C, H, W)`.

    Of each node at most about 2^17 values `(values,)` are kept, evenly spread over samples and neurons. `shown`: by name of a
    node what counts of the values that enter it, a function of all of them that keeps their shape; else the values. `results`:
    further nodes, of which what they give is kept.
    """
    batches = torch.split(images, _BATCH)
    most = max(1, _SAMPLED // len(batches))
    seen: dict[str, list[torch.Tensor]] = {name: [] for name in (*names, *results)}

    def keep(node: fx.Node, entered: torch.Tensor | None, value: Any) -> Any:
        if entered is not None:
            look = None if shown is None else shown.get(node.name)
            met = value if node.name in results else entered
            values = (met if look is None else look(met)).detach().flatten()
            seen[node.name].append(values[:: max(1, values.numel() // most)].clone())
        return value

    observer = Observer(module.eval(), keep, lambda node: node.name in seen, entering=True)
    with torch.no_grad():
        for batch in batches:
            observer.run(batch.clone())
    return {name: torch.cat(parts) for name, parts in seen.items()}
