"""Batch norms folded as a method: what is done, and what is noted so that a saved file can do it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import torch

from spikewright import InvalidInput, Progress
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.exact.channel_maps import NORMS
from spikewright.compress.exact.fold import FoldRow, fold_view
from spikewright.compress.exact.fold_adjacent import without_shape
from spikewright.compress.expressions import codes_of
from spikewright.compress.graph.view import Shape
from spikewright.compress.methods import Method
from spikewright.compress.training.data import Data, check_shown
from spikewright.progress import shown
from spikewright.tables import Within, check_fields

_SHOWN = 512


@dataclass(frozen=True)
class FoldBatchNorm(Method):
    """Batch norms go into the layers before or behind them, exactly, wherever every path allows it.

    input_shape: shape (C, H, W) of one image; without it and without data, only batch norms right behind a layer fold, and
        others are refused.
    """

    input_shape: tuple[Annotated[int, Within(1)], ...] | None = None

    def __post_init__(self) -> None:
        check_fields(self)

    def apply(self, model: Any, data: Data | None = None, *, progress: Progress = shown) -> Compressed:
        """See `fold_batchnorm`. Raises InvalidInput where folding would change weights that are integers already."""
        draft = Draft.of(model)
        rows = fold_draft(draft, None if data is None else check_shown(data)[:_SHOWN], self.input_shape)
        folded = [row for row in rows if row.action == "folded"]
        if folded and any(codes_of(e) is not None for e in draft.weights.values()):
            raise InvalidInput(f"expected folding before quantisation, got {folded[0].node}; try quantize last")
        return draft.finish()


def fold_draft(draft: Draft, images: torch.Tensor | None, shape: Shape | None) -> tuple[FoldRow, ...]:
    """Fold the batch norms of a draft in place, and note it in its rewrites and steps; the rows that say what became of each.

    With `images (n, C, H, W)` the model is traced and the result compared on them; without, `shape` of one image does, and
    without both, batch norms fold only into layers right before them. Raises InvalidInput as `fold_batchnorm` does, and for
    batch norms that would need a shape.
    """
    if images is None and shape is not None and any(isinstance(module, NORMS) for module in draft.model.modules()):
        images = torch.zeros(1, *shape)
    if images is None:
        rows, changes = without_shape(draft.model)
    else:
        rows, changes = fold_view(draft.traced(images), images)
    draft.rewrites += changes
    draft.steps += _told(rows)
    return rows


def _told(rows: Iterable[FoldRow]) -> list[str]:
    return [f"fold: batch norm {row.node} {row.action}, {row.reason}" for row in rows]
