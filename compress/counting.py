"""The footprint of a network, counted: a Compressed as its weights are stored, any other model as they could be."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.compress.expressions import rows_of, word_bits
from spikewright.compress.footprints import FLOAT_BITS, Footprint, LayerFootprint
from spikewright.compress.freshness import check_fresh
from spikewright.compress.graph.models import plain_copy
from spikewright.compress.graph.weighted import left_alone, weight_layers
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.weights import Expression, Leaf, Mask, Masked, Offset, Reshape, Scaled, Signed
from spikewright.weights import bits as bits_of
from spikewright.weights.choosing import cheapest

_PLAIN = (Leaf, Scaled, Offset, Signed, Reshape, Masked)


def footprint(model: Any, bits: Mapping[str, int] | None = None) -> Footprint:
    """The footprint of an nn.Module or a Compressed; `bits[path]` is the weight width of a layer, 32 unless given.

    A Compressed is counted as its weights are stored: a scale that all channels share once. In an nn.Module there is one for
    each channel of fewer than 32 bits. Of wrapped models and computed weights (masks, weight norm) what is counted is the plain
    model that `prune` would start from.
    Raises InvalidInput for a model without weights, and for a Compressed whose model was changed since (see `fresh`).
    """
    stored = getattr(check_fresh(model), "weights", {}) if bits is None else {}
    module = plain_copy(model)
    layers, others = weight_layers(module), left_alone(module)
    rows = [
        _stored(path, layer, stored[path])
        if path in stored
        else _plain(path, layer, (bits or {}).get(path, FLOAT_BITS))
        for path, layer in layers.items()
    ]
    rows += [row for path, other in others.items() for row in _left(path, other)]
    counted = {id(value) for part in (*layers.values(), *others.values()) for value in part.parameters(recurse=False)}
    free = [value.numel() for value in module.parameters() if id(value) not in counted]
    buffers = sum(value.numel() for value in module.buffers() if value.is_floating_point())
    clips = sum(isinstance(part, QuantizedReLU) for part in module.modules())
    other = sum(free) + buffers
    return Footprint(tuple(rows), FLOAT_BITS * other, FLOAT_BITS * (other - clips), sum(free))


def cheapest_storage(nonzero: np.ndarray, bits: int) -> tuple[str, int, int]:
    """(storage, weight bits, index bits) of the cheapest way to store weights `(out, ...)`, zero where not `nonzero`."""
    found = cheapest(nonzero, bits)
    return found.way.name, found.weight_bits, found.index_bits


def storage_of(e: Expression) -> str:
    """How an expression stores its weights, in a word or two: the layout of a mask, and nodes that compute, such as "lookup"."""
    words: list[str] = [] if isinstance(e, _PLAIN) else [type(e).__name__.lower()]
    for _, value in e.parts():
        if isinstance(value, Mask):
            words.append(value.layout)
        elif isinstance(value, Expression):
            words.append(storage_of(value))
    return " ".join(dict.fromkeys(word for word in words if word != "dense")) or "dense"


def _stored(path: str, layer: Any, e: Expression) -> LayerFootprint:
    places, scales = bits_of(e, "places"), bits_of(e, "scales")
    kept = int(np.count_nonzero(e.values()))
    return LayerFootprint(
        path,
        e.size,
        kept,
        word_bits(e),
        storage_of(e),
        bits_of(e) - places - scales,
        places,
        scales,
        _bias_bits(layer),
    )


def _plain(path: str, layer: Any, bits: int) -> LayerFootprint:
    """A layer of an nn.Module, if its weights took so many bits."""
    nonzero = rows_of(layer) != 0
    storage, weight_bits, index_bits = cheapest_storage(nonzero, bits)
    scale_bits = FLOAT_BITS * len(nonzero) if bits < FLOAT_BITS else 0
    kept = int(nonzero.sum())
    return LayerFootprint(
        path, nonzero.size, kept, bits, storage, weight_bits, index_bits, scale_bits, _bias_bits(layer)
    )


def _bias_bits(layer: Any) -> int:
    return 0 if layer.bias is None else FLOAT_BITS * layer.bias.numel()


def _left(path: str, module: nn.Module) -> Iterator[LayerFootprint]:
    """A module that no method treats, dense in 32 bits; loose parameters of the model itself one by one."""
    own: list[tuple[str, torch.Tensor]] = list(module.named_parameters(recurse=False))
    if path:
        own = [("", torch.cat([value.detach().reshape(-1) for _, value in own]))]
    for name, value in own:
        kept = int((value != 0).sum())
        yield LayerFootprint(
            path or name, value.numel(), kept, FLOAT_BITS, "dense", FLOAT_BITS * value.numel(), 0, 0, 0
        )
