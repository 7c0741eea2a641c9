"""How a network is run on dense tensors."""

from dataclasses import dataclass
from typing import Literal

import torch


@dataclass(frozen=True)
class Plan:
    """How dense tensors are run.

    `order`: "steps", the whole network step by step; "layers", all steps of a layer as one large batch through its
    synapses, then its neurons over time (the multi-step mode of some libraries). `hoist`: the constant current of the
    input is computed once. `channels_last`: the memory order of images. `batch`: images at a time.
    """

    order: Literal["steps", "layers"]
    hoist: bool = True
    channels_last: bool = False
    batch: int = 32
    kind: torch.dtype = torch.float32
