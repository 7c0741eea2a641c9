"""What flows into chosen nodes of a traced model, thinned to a sample that fits in memory."""

from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import fx

_SAMPLED = 1 << 17
_BATCH = 512


class _Observer(fx.Interpreter):
    """Runs the model and keeps a thinned copy of what enters the named nodes."""

    def __init__(self, module: fx.GraphModule, names: Collection[str], most: int) -> None:
        super().__init__(module)
        self.most = most
        self.seen: dict[str, list[torch.Tensor]] = {name: [] for name in names}

    def run_node(self, n: fx.Node) -> Any:
        if n.name in self.seen:
            values = self.env[n.all_input_nodes[0]].detach().flatten()
            self.seen[n.name].append(values[:: max(1, values.numel() // self.most)].clone())
        return super().run_node(n)


def inputs_of(module: fx.GraphModule, names: Collection[str], images: torch.Tensor) -> Mapping[str, torch.Tensor]:
    """What enters the named nodes while `module`, put into evaluation mode, runs on `images (samples, C, H, W)`.

    Of each node at most about 2^17 values `(values,)` are kept, evenly spread over samples and neurons.
    """
    batches = torch.split(images, _BATCH)
    observer = _Observer(module.eval(), names, max(1, _SAMPLED // len(batches)))
    with torch.no_grad():
        for batch in batches:
            observer.run(batch.clone())
    return {name: torch.cat(parts) for name, parts in observer.seen.items()}
