"""ATen operators that add, join, pad, resize or arrange give the numbers of the operator, or are refused by name."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import nn

from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.exported import from_exported
from tests.compress.imports.exported.test_layer_rules import IMAGES, aten, imported

CASES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "mean over pixels": (aten.mean.dim, (IMAGES, [2, 3])),
    "mean over rows": (aten.mean.dim, (IMAGES, [2], True)),
    "maximum over channels": (aten.amax.default, (IMAGES, [1])),
    "a constant": (aten.add.Tensor, (IMAGES, torch.rand(4, 1, 1))),
    "a number": (aten.div.Scalar, (IMAGES, 4.0)),
    "a number less a value": (aten.rsub.Scalar, (IMAGES, 1.0)),
    "negative": (aten.neg.default, (IMAGES,)),
    "view": (aten.view.default, (IMAGES, [2, -1])),
    "view of all": (aten.view.default, (IMAGES, [-1, 4, 36])),
    "flatten": (aten.flatten.using_ints, (IMAGES, 2, -1)),
    "unsqueeze": (aten.unsqueeze.default, (IMAGES, -1)),
    "squeeze of nothing": (aten.squeeze.default, (IMAGES,)),
    "nearest": (aten.upsample_nearest2d.vec, (IMAGES, None, [2.0, 3.0])),
    "nearest to a size": (aten.upsample_nearest2d.vec, (IMAGES, [12, 6], None)),
    "zeros around": (aten.constant_pad_nd.default, (IMAGES, [1, 0, 0, 2], 0.5)),
    "some rows": (aten.slice.Tensor, (IMAGES, 2, 1, 5, 2)),
    "all images": (aten.slice.Tensor, (IMAGES, 0, 0, 1 << 62)),
    "one channel": (aten.select.int, (IMAGES, 1, 2)),
    "zeros": (aten.zeros_like.default, (IMAGES,)),
    "ones of another shape": (aten.new_ones.default, (IMAGES, [2, 3])),
    "other order": (aten.permute.default, (IMAGES, [0, 2, 3, 1])),
    "rows as columns": (aten.transpose.int, (IMAGES, 2, -1)),
    "from behind": (aten.flip.default, (IMAGES, [1])),
    "round": (aten.roll.default, (IMAGES, [1], [2])),
    "shuffled channels": (aten.channel_shuffle.default, (IMAGES, 2)),
    "pixels as channels": (aten.pixel_unshuffle.default, (IMAGES, 2)),
    "channels by number": (aten.index_select.default, (IMAGES, 1, torch.tensor([2, 0]))),
    "channels by list": (aten.index.Tensor, (IMAGES, [None, torch.tensor([1, 1, 3])])),
    "each twice": (aten.repeat_interleave.self_int, (IMAGES, 2, 1)),
    "reflected": (aten.pad.default, (IMAGES, [1, 1, 2, 0], "reflect")),
    "round about": (aten.pad.default, (IMAGES, [1, 1, 2, 0], "circular")),
    "reflected by its own operator": (aten.reflection_pad2d.default, (IMAGES, [1, 1, 2, 0])),
    "replicated": (aten.replication_pad2d.default, (IMAGES, [0, 2, 1, 1])),
    "repeated": (aten.repeat.default, (IMAGES, [1, 2, 1, 3])),
    "expanded": (aten.expand.default, (IMAGES[:, :1], [-1, 4, -1, 6])),
    "broadcast": (aten.broadcast_to.default, (IMAGES[:, :, :1], [-1, 4, 3, 6])),
    "gathered": (aten.gather.default, (IMAGES, 3, torch.randint(0, 6, (1, 2, 1, 9)).expand(2, 2, 1, 9))),
    "taken": (aten.take_along_dim.default, (IMAGES, torch.randint(0, 6, (1, 1, 6, 2)), 3)),
    "a copy": (aten.clone.default, (IMAGES,)),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers(case: str) -> None:
    operator, arguments = CASES[case]
    torch.testing.assert_close(imported(operator, *arguments), operator(*arguments))


REFUSED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "mean over the batch": (aten.mean.dim, (IMAGES, [0, 2])),
    "arithmetic with alpha": (aten.add.Tensor, (IMAGES, 1.0, 2)),
    "which mixes images": (aten.view.default, (IMAGES, [1, -1])),
    "flattening with the batch": (aten.flatten.using_ints, (IMAGES, 0, 1)),
    "in front of the batch": (aten.unsqueeze.default, (IMAGES, 0)),
    "a selection of images": (aten.select.int, (IMAGES, 0, 1)),
    "a repetition of the batch": (aten.repeat.default, (IMAGES, [2, 1, 1, 1])),
    "with new axes": (aten.repeat.default, (IMAGES, [1, 2, 1, 1, 1])),
    "computed of the batch": (aten.new_zeros.default, (IMAGES, [3, 4])),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str) -> None:
    operator, arguments = REFUSED[what]
    settings = {"alpha": arguments[2]} if what.endswith("alpha") else {}
    with pytest.raises(Unsupported, match=what):
        imported(operator, *(arguments[:2] if settings else arguments), **settings)


def test_concatenation_is_along_other_axes_than_the_batch() -> None:
    with pytest.raises(Unsupported, match="with a constant"):
        imported(aten.cat.default, [IMAGES, torch.ones(1)], 1, IMAGES)


class Cut(nn.Module):
    """Pieces of an image, put together in another order."""

    def __init__(self, pieces: Callable[[torch.Tensor], Sequence[torch.Tensor]]) -> None:
        super().__init__()
        self.pieces = pieces

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat(list(self.pieces(x))[::-1], 1)


@pytest.mark.parametrize(
    "pieces",
    [
        lambda x: x.chunk(3, 1),
        lambda x: x.split(2, 1),
        lambda x: torch.split(x, [1, 3], dim=1),
        lambda x: x.unbind(2),
        lambda x: [torch.stack([x, x.flip(3)], 2).flatten(1, 2), x.tile(1, 2, 1, 1)],
    ],
)
def test_pieces_of_a_split(pieces: Callable[[torch.Tensor], Sequence[torch.Tensor]]) -> None:
    program = torch.export.export(Cut(pieces), (IMAGES,), dynamic_shapes=({0: torch.export.Dim.AUTO},))
    torch.testing.assert_close(from_exported(program)(IMAGES), Cut(pieces)(IMAGES))
