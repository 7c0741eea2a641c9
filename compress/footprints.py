"""The true cost of storing a network, bit by bit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright import Table
from spikewright.compress.expressions import rows_of, word_bits
from spikewright.compress.freshness import check_fresh
from spikewright.compress.graph.models import plain_copy
from spikewright.compress.graph.weighted import left_alone, weight_layers
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.weights import Expression, Leaf, Mask, Masked, Offset, Reshape, Scaled, Signed
from spikewright.weights import bits as bits_of
from spikewright.weights.choosing import cheapest

FLOAT_BITS = 32
_PLAIN = (Leaf, Scaled, Offset, Signed, Reshape, Masked)


@dataclass(frozen=True)
class LayerFootprint:
    """One layer. `weights` counts all, `kept` those that are not zero, `bits` is the width of one stored weight.

    `storage` is the cheapest of "dense" (all weights, no index), "bitmap" (one bit for each weight, then the kept
    ones), "block<b>" (one bit for each b consecutive output channels at one place of the kernel, then the blocks that
    are not all zero) and "gap<w>" (each stored weight with a w-bit count of the zeros before it; a longer run of zeros
    stores filler weights, which `weight_bits` and `index_bits` include; Han et al., arXiv 1510.00149), "<n>:<m> output" or
    "input" (n of every m channels, each group with the number of its subset, ceil(log2 C(m, n)) bits; m up to 16, and 32).
    Of shared or factorised weights it is the name of the node, such as "lookup", and `bits` the width of an index; tables and
    factors are among `weight_bits`. The file that `save` writes holds these bits.
    """

    path: str
    weights: int
    kept: int
    bits: int
    storage: str
    weight_bits: int
    index_bits: int
    scale_bits: int
    bias_bits: int

    @property
    def total_bits(self) -> int:
        return self.weight_bits + self.index_bits + self.scale_bits + self.bias_bits

    @property
    def dense_bits(self) -> int:
        """The same layer in float32, dense."""
        return FLOAT_BITS * self.weights + self.bias_bits


@dataclass(frozen=True)
class Footprint:
    """All layers, and `other_bits` for what is not a weight or bias of one: batch norms, clip ranges (32 bits each).

    `other_dense_bits` is what of it the uncompressed network has too; `other_parameters` counts its parameters, without the
    statistics of batch norms. Modules that no method treats (recurrent layers, embeddings, attention, loose parameters)
    stand among the layers, dense in 32 bits.
    """

    layers: tuple[LayerFootprint, ...]
    other_bits: int
    other_dense_bits: int
    other_parameters: int = 0

    @property
    def parameters(self) -> int:
        """All parameters of the model: weights and biases of the layers, batch norms, clip ranges."""
        return sum(layer.weights + layer.bias_bits // FLOAT_BITS for layer in self.layers) + self.other_parameters

    @property
    def kept(self) -> int:
        """Weights that are not zero, and all other parameters."""
        return sum(layer.kept + layer.bias_bits // FLOAT_BITS for layer in self.layers) + self.other_parameters

    @property
    def sparsity(self) -> float:
        """Fraction of weights that are zero, biases left out."""
        return 1 - sum(layer.kept for layer in self.layers) / sum(layer.weights for layer in self.layers)

    @property
    def weight_bits(self) -> int:
        return sum(layer.weight_bits for layer in self.layers)

    @property
    def index_bits(self) -> int:
        return sum(layer.index_bits for layer in self.layers)

    @property
    def bias_bits(self) -> int:
        return sum(layer.bias_bits for layer in self.layers)

    @property
    def total_bits(self) -> int:
        return sum(layer.total_bits for layer in self.layers) + self.other_bits

    @property
    def dense_bits(self) -> int:
        """The same network in float32, dense."""
        return sum(layer.dense_bits for layer in self.layers) + self.other_dense_bits

    @property
    def ratio(self) -> float:
        """Compression ratio, dense float32 bits over total bits."""
        return self.dense_bits / self.total_bits

    def table(self) -> Table:
        """One row for each layer."""
        return Table.of(_row(layer) for layer in self.layers)

    def __str__(self) -> str:
        kib = [bits / 8192 for bits in (self.dense_bits, self.total_bits)]
        total = f"{self.parameters} parameters, {self.kept} kept, {kib[0]:.1f} KiB -> {kib[1]:.1f} KiB"
        return f"{self.table()}\ntotal: {total}, {self.ratio:.1f} times smaller"


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


def _row(layer: LayerFootprint) -> dict[str, Any]:
    return {
        "layer": layer.path,
        "weights": layer.weights,
        "kept": layer.kept,
        "kept_percent": 100 * layer.kept / layer.weights,
        "bits": layer.bits,
        "storage": layer.storage,
        "index_bits": layer.index_bits,
        "total_bits": layer.total_bits,
        "ratio": layer.dense_bits / layer.total_bits,
    }
