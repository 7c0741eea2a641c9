"""Two methods that no file of the project knows: random pruning, and weights that share the values of a small table."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from spikewright import Progress, silent
from spikewright.compress import Compressed, Draft, Method, rows_of, weight_layers
from spikewright.tables import Within, check_fields
from spikewright.weights import Expression, Leaf, Lookup, Mask, Masked, Scaled


@dataclass(frozen=True)
class RandomPrune(Method):
    """Weights that a generator draws become zero.

    sparsity: the fraction of each layer.
    seed: what is drawn from.
    """

    sparsity: Annotated[float, Within(0, below=1)] = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        check_fields(self)

    def apply(self, model: Any, data: Any = None, *, progress: Progress = silent) -> Compressed:
        draft, draw = Draft.of(model), np.random.default_rng(self.seed)
        for path, layer in weight_layers(draft.model).items():
            rows = rows_of(layer)
            mask = Mask.of(draw.random(rows.shape) >= self.sparsity, bits=32)
            draft.weights[path] = Masked(mask, Leaf(rows.reshape(-1)[mask.places]))
        draft.steps.append(f"random pruning: {self.sparsity:g}")
        return draft.finish()


@dataclass(frozen=True)
class KMeans(Method):
    """The weights of a layer share the few values of a table (Han et al., arXiv 1510.00149).

    bits: the width of an index into the table.
    integers: whether the table holds 8-bit integers under one scale, or real numbers.
    """

    bits: Annotated[int, Within(1, 8)] = 4
    integers: bool = True

    def apply(self, model: Any, data: Any = None, *, progress: Progress = silent) -> Compressed:
        draft = Draft.of(model)
        for path, layer in weight_layers(draft.model).items():
            draft.weights[path] = self.shared(rows_of(layer))
        draft.steps.append(f"k-means: {2**self.bits} values in each layer")
        return draft.finish()

    def shared(self, rows: np.ndarray) -> Expression:
        """Lloyd's iterations from evenly spaced values."""
        table = np.linspace(rows.min(), rows.max(), 2**self.bits)
        for _ in range(10):
            index = np.abs(rows[..., None] - table).argmin(-1)
            table = np.array([rows[index == k].mean() if (index == k).any() else one for k, one in enumerate(table)])
        numbered = Leaf(index.astype(np.uint8), 2**self.bits)
        if not self.integers:
            return Lookup(Leaf(table.astype(np.float32)), numbered)
        scale = np.float32(np.abs(table).max() / 127)
        return Scaled(Lookup(Leaf(np.round(table / scale).astype(np.int8)), numbered), scale)
