"""The true cost of storing a network, bit by bit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from compress.graph import as_module
from compress.layers import weight_layers
from compress.masks import BLOCKS
from compress.quantizers import QuantReLU
from spikewright import Table

FLOAT_BITS = 32
_WIDTHS = range(1, 17)


@dataclass(frozen=True)
class LayerFootprint:
    """One layer. `weights` counts all, `kept` those that are not zero, `bits` is the width of one stored weight.

    `storage` is the cheapest of "dense" (all weights, no index), "bitmap" (one bit for each weight, then the kept
    ones), "block<b>" (one bit for each b consecutive output channels at one place of the kernel, then the blocks that
    are not all zero) and "gap<w>" (each stored weight with a w-bit count of the zeros before it; a longer run of zeros
    stores filler weights, which `weight_bits` and `index_bits` include; Han et al., arXiv 1510.00149).
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

    `other_dense_bits` is what of it the uncompressed network has too.
    """

    layers: tuple[LayerFootprint, ...]
    other_bits: int
    other_dense_bits: int

    @property
    def parameters(self) -> int:
        """Weights and biases of all layers."""
        return sum(layer.weights + layer.bias_bits // FLOAT_BITS for layer in self.layers)

    @property
    def kept(self) -> int:
        """Weights that are not zero, and biases."""
        return sum(layer.kept + layer.bias_bits // FLOAT_BITS for layer in self.layers)

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

    Raises InvalidInput for a model without convolution or linear layers.
    """
    bits = getattr(model, "bits", {}) if bits is None else bits
    module = as_module(model)
    layers = weight_layers(module)
    rows = tuple(_layer(path, layer, bits.get(path, FLOAT_BITS)) for path, layer in layers.items())
    owned = {id(value) for layer in layers.values() for value in layer.parameters(recurse=False)}
    other = _floats(value for value in module.parameters() if id(value) not in owned)
    other += _floats(value for value in module.buffers() if value.is_floating_point())
    clips = sum(isinstance(part, QuantReLU) for part in module.modules())
    return Footprint(rows, FLOAT_BITS * other, FLOAT_BITS * (other - clips))


def cheapest_storage(nonzero: np.ndarray, bits: int) -> tuple[str, int, int]:
    """(storage, weight bits, index bits) of the cheapest way to store weights `(out, ...)`, zero where not `nonzero`."""
    flat = nonzero.ravel()
    kept = int(flat.sum())
    ways = [("dense", flat.size * bits, 0), ("bitmap", kept * bits, flat.size)]
    ways += [_blocks(nonzero.reshape(len(nonzero), -1), bits, block) for block in BLOCKS]
    zeros_before = np.diff(np.flatnonzero(flat), prepend=-1) - 1
    for width in _WIDTHS:
        stored = kept + int((zeros_before >> width).sum())
        ways.append((f"gap{width}", stored * bits, stored * width))
    return min(ways, key=lambda way: way[1] + way[2])


def _blocks(nonzero: np.ndarray, bits: int, block: int) -> tuple[str, int, int]:
    """Blocks of rows of `(out, places)`; the last one is shorter where `block` does not divide `out`."""
    starts = np.arange(0, len(nonzero), block)
    used = np.logical_or.reduceat(nonzero, starts, axis=0)
    sizes = np.diff(starts, append=len(nonzero))
    return f"block{block}", int((used.sum(1) * sizes).sum()) * bits, used.size


def _layer(path: str, layer: Any, bits: int) -> LayerFootprint:
    nonzero = (layer.weight.detach() != 0).cpu().numpy()
    storage, weight_bits, index_bits = cheapest_storage(nonzero, bits)
    scale_bits = FLOAT_BITS * layer.weight.shape[0] if bits < FLOAT_BITS else 0
    bias_bits = 0 if layer.bias is None else FLOAT_BITS * layer.bias.numel()
    kept = int(nonzero.sum())
    return LayerFootprint(path, nonzero.size, kept, bits, storage, weight_bits, index_bits, scale_bits, bias_bits)


def _floats(values: Any) -> int:
    return sum(value.numel() for value in values)


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
