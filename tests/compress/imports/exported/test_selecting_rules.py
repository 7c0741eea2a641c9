"""ATen operators that pick places out give the numbers of the operator, or are refused by name."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import nn

from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.exported import from_exported
from tests.compress.imports.exported.test_layer_rules import IMAGES, aten, imported

CASES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "some rows": (aten.slice.Tensor, (IMAGES, 2, 1, 5, 2)),
    "all images": (aten.slice.Tensor, (IMAGES, 0, 0, 1 << 62)),
    "one channel": (aten.select.int, (IMAGES, 1, 2)),
    "channels by number": (aten.index_select.default, (IMAGES, 1, torch.tensor([2, 0]))),
    "channels by list": (aten.index.Tensor, (IMAGES, [None, torch.tensor([1, 1, 3])])),
    "gathered": (aten.gather.default, (IMAGES, 3, torch.randint(0, 6, (1, 2, 1, 9)).expand(2, 2, 1, 9))),
    "taken": (aten.take_along_dim.default, (IMAGES, torch.randint(0, 6, (1, 1, 6, 2)), 3)),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers(case: str) -> None:
    operator, arguments = CASES[case]
    torch.testing.assert_close(imported(operator, *arguments), operator(*arguments))


REFUSED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "a selection of images": (aten.select.int, (IMAGES, 0, 1)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str) -> None:
    operator, arguments = REFUSED[what]
    with pytest.raises(Unsupported, match=what):
        imported(operator, *arguments)


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
