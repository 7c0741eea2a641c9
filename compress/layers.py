"""The layers that compression acts on: convolutions and linear layers with a plain weight parameter."""

from collections.abc import Collection
from typing import Any

from torch import nn

from spikewright import InvalidInput

WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.Linear)


def weight_layers(model: nn.Module, spare: Collection[str] = ()) -> dict[str, Any]:
    """Every convolution and linear layer by its path, but those of `spare`; one that is called twice is listed once.

    Raises InvalidInput when there is none, when a weight is no plain parameter (hooks, parametrisations), or when two
    layers share one weight tensor: neither could then be masked or quantised on its own; and for a path in `spare` that
    is none of them, or when nothing is left.
    """
    layers = {path: module for path, module in model.named_modules() if isinstance(module, WEIGHTED)}
    if not layers:
        raise InvalidInput(
            "expected a model with convolution or linear layers, got none; layers written as functions of parameters "
            "become modules by fold_batchnorm(model, images)[0]"
        )
    owners: dict[int, str] = {}
    for path, layer in layers.items():
        weight = layer._parameters.get("weight")
        if weight is None:
            raise InvalidInput(
                f"expected a plain weight parameter in {path}, got a computed one; "
                "try the value as a parameter: layer.weight = nn.Parameter(layer.weight.detach())"
            )
        other = owners.setdefault(id(weight), path)
        if other != path:
            raise InvalidInput(
                f"expected separate weights, got one tensor in {other} and {path}; try one shared module"
            )
    unknown = sorted(set(spare) - set(layers))
    if unknown or len(set(spare)) == len(layers):
        raise InvalidInput(
            f"expected to spare some out of {', '.join(layers)}, not all, got {', '.join(sorted(spare))}"
        )
    return {path: layer for path, layer in layers.items() if path not in spare}
