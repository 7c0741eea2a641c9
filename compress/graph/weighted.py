"""The layers that compression acts on: convolutions, transposed ones and linear layers with a plain weight parameter.

Weights are thought of by output channel, `(out, in / groups, ...)`. A transposed convolution holds `(in, out / groups, ...)`:
`by_output` and `from_output` go from one to the other.
"""

from collections.abc import Collection, Mapping
from typing import Any

from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress.graph.unwrap import notes
from spikewright.compress.quantisers.integers import to_integers, to_values
from spikewright.compress.quantisers.sides import STAIRCASES

TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.Conv3d, *TRANSPOSED, nn.Linear)


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
    _check_weights(layers)
    unknown = sorted(set(spare) - set(layers))
    if unknown or len(set(spare)) == len(layers):
        raise InvalidInput(
            f"expected to spare some out of {', '.join(layers)}, not all, got {', '.join(sorted(spare))}"
        )
    return {path: layer for path, layer in layers.items() if path not in spare}


def _check_weights(layers: Mapping[str, Any]) -> None:
    """Raises InvalidInput for a weight that is computed, empty, or that of another layer too."""
    owners: dict[int, str] = {}
    for path, layer in layers.items():
        weight = layer._parameters.get("weight")
        if weight is None:
            parameter = "the value as a parameter: layer.weight = nn.Parameter(layer.weight.detach())"
            way = "compress.prune(model, 0.0), whose copy holds the value" if notes(layer) else parameter
            raise InvalidInput(f"expected a plain weight parameter in {path}, got a computed one; try {way}")
        if weight.numel() == 0:
            raise InvalidInput(
                f"expected weights in {path}, got none, shape {tuple(weight.shape)}; try the model without that layer"
            )
        other = owners.setdefault(id(weight), path)
        if other != path:
            raise InvalidInput(
                f"expected separate weights, got one tensor in {other} and {path}; try one shared module"
            )


def by_output(layer: nn.Module, values: Tensor) -> Tensor:
    """What is shaped as the weight of `layer`, as `(out, in / groups, ...)`."""
    if not isinstance(layer, TRANSPOSED):
        return values
    grouped = values.reshape(layer.groups, -1, *values.shape[1:]).transpose(1, 2)
    return grouped.reshape(layer.out_channels, -1, *values.shape[2:]).contiguous()


def from_output(layer: nn.Module, rows: Tensor) -> Tensor:
    """What is `(out, in / groups, ...)`, in the shape of the weight of `layer`."""
    if not isinstance(layer, TRANSPOSED):
        return rows
    grouped = rows.reshape(layer.groups, -1, *rows.shape[1:]).transpose(1, 2)
    return grouped.reshape(layer.in_channels, -1, *rows.shape[2:]).contiguous()


def codes_of(layer: nn.Module, weight: Tensor, scale: Tensor, bits: int) -> Tensor:
    """The integers of a weight of `layer`, in its shape; one of `scale (out,)` for each output channel."""
    return from_output(layer, to_integers(by_output(layer, weight), scale, bits))


def values_of(layer: nn.Module, codes: Tensor, scale: Tensor) -> Tensor:
    """codes * scale in float32, in the shape of the weight of `layer`."""
    return from_output(layer, to_values(by_output(layer, codes), scale))


def left_alone(model: nn.Module) -> dict[str, nn.Module]:
    """The modules with parameters of their own that no method treats, by path: recurrent layers, embeddings, attention.

    Batch norms, and the ranges and slopes of staircases, are not among them: they go with the layers beside them.
    """
    treated = (*WEIGHTED, nn.modules.batchnorm._BatchNorm, *STAIRCASES)
    return {
        path: module
        for path, module in model.named_modules()
        if not isinstance(module, treated) and any(True for _ in module.parameters(recurse=False))
    }
