"""The true cost of storing a network, bit by bit: what is told about each layer, and about all."""

from dataclasses import dataclass
from typing import Any

from spikewright import Table

FLOAT_BITS = 32


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
