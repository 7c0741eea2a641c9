"""What compression gives back: a model that runs as it is, how its weights are stored, its true size, and how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.counting import footprint
from spikewright.compress.expressions import codes_of, float_weights, kept_of, rows_of, word_bits
from spikewright.compress.footprints import Footprint
from spikewright.compress.graph.rewrite import Rewrite
from spikewright.compress.graph.view import Shape
from spikewright.compress.graph.weighted import from_output, weight_layers
from spikewright.markup import html_table
from spikewright.weights import Expression


@dataclass(frozen=True, eq=False, repr=False)
class Compressed:
    """A compressed network; `model(x)` is the truth, everything else describes it.

    weights: by path of a convolution or linear layer, how its weights are stored, outputs first; its weights in `model` are the
        values of this expression. Layers that are not given are stored as the model has them.
    rewrites: what was changed in the graph.
    steps: what was done, in words.
    input_shape: the shape of one image that the graph was traced with.
    loose: layers that were not pruned: what is stored may leave out zeros, but later training may change them.
    """

    model: nn.Module
    weights: Mapping[str, Expression] = field(default_factory=dict)
    rewrites: tuple[Rewrite, ...] = ()
    steps: tuple[str, ...] = ()
    input_shape: Shape | None = None
    loose: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        layers = weight_layers(self.model)
        for path in self.weights.keys() - layers.keys():
            raise InvalidInput(f"expected weights of layers out of {', '.join(layers)}, got some for {path!r}")
        plain = {path: float_weights(rows_of(layer)) for path, layer in layers.items() if path not in self.weights}
        known = {path: plain[path] if path in plain else self.weights[path] for path in layers}
        object.__setattr__(self, "weights", known)
        object.__setattr__(self, "loose", frozenset({*self.loose, *plain}))

    @property
    def masks(self) -> dict[str, torch.Tensor]:
        """By path of a pruned layer, True where a weight survived, in the shape of the weight."""
        return {
            path: from_output(self.model.get_submodule(path), torch.from_numpy(kept))
            for path, e in self.weights.items()
            if path not in self.loose and (kept := kept_of(e)) is not None
        }

    @property
    def integers(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By path of a layer with integers: these, in the shape of the weight, and their scale float32 `(out,)`.

        The weights are exactly integers times scale in float32.
        """
        found = {path: codes for path, e in self.weights.items() if (codes := codes_of(e)) is not None}
        return {
            path: (from_output(self.model.get_submodule(path), torch.tensor(codes)).numpy(), scale)
            for path, (codes, scale) in found.items()
        }

    @property
    def bits(self) -> dict[str, int]:
        """By path of a layer with integers, their width; of shared ones that of an index."""
        return {path: word_bits(e) for path, e in self.weights.items() if codes_of(e) is not None}

    @property
    def footprint(self) -> Footprint:
        """The true size, layer by layer. Raises InvalidInput when the model was changed since, see `fresh`."""
        return footprint(self)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Logits `(batch, classes)` of images `(batch, C, H, W)`."""
        logits: torch.Tensor = self.model(x)
        return logits

    def eval(self) -> "Compressed":
        """Put the model into evaluation mode, as with an nn.Module."""
        self.model.eval()
        return self

    def __repr__(self) -> str:
        done = "; ".join(self.steps) or "nothing changed"
        return f"{type(self).__name__}({type(self.model).__name__}, {len(self.weights)} layers: {done})"

    def _repr_html_(self) -> str:
        try:
            rows = self.footprint.table()
        except InvalidInput as error:  # the model was changed since
            return html_table(f"{self!r}: {error}", [])
        return html_table(repr(self), rows)

    def __str__(self) -> str:
        return "\n".join([*self.steps, str(self.footprint)])
