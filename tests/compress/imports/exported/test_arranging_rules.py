"""ATen operators that arrange, repeat, pad or resize give the numbers of the operator, or are refused by name."""

from typing import Any

import pytest
import torch

from spikewright.compress.imports.errors import Unsupported
from tests.compress.imports.exported.test_layer_rules import IMAGES, aten, imported

CASES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "view": (aten.view.default, (IMAGES, [2, -1])),
    "view of all": (aten.view.default, (IMAGES, [-1, 4, 36])),
    "flatten": (aten.flatten.using_ints, (IMAGES, 2, -1)),
    "unsqueeze": (aten.unsqueeze.default, (IMAGES, -1)),
    "squeeze of nothing": (aten.squeeze.default, (IMAGES,)),
    "nearest": (aten.upsample_nearest2d.vec, (IMAGES, None, [2.0, 3.0])),
    "nearest to a size": (aten.upsample_nearest2d.vec, (IMAGES, [12, 6], None)),
    "zeros around": (aten.constant_pad_nd.default, (IMAGES, [1, 0, 0, 2], 0.5)),
    "zeros": (aten.zeros_like.default, (IMAGES,)),
    "ones of another shape": (aten.new_ones.default, (IMAGES, [2, 3])),
    "other order": (aten.permute.default, (IMAGES, [0, 2, 3, 1])),
    "rows as columns": (aten.transpose.int, (IMAGES, 2, -1)),
    "from behind": (aten.flip.default, (IMAGES, [1])),
    "round": (aten.roll.default, (IMAGES, [1], [2])),
    "shuffled channels": (aten.channel_shuffle.default, (IMAGES, 2)),
    "pixels as channels": (aten.pixel_unshuffle.default, (IMAGES, 2)),
    "each twice": (aten.repeat_interleave.self_int, (IMAGES, 2, 1)),
    "reflected": (aten.pad.default, (IMAGES, [1, 1, 2, 0], "reflect")),
    "round about": (aten.pad.default, (IMAGES, [1, 1, 2, 0], "circular")),
    "reflected by its own operator": (aten.reflection_pad2d.default, (IMAGES, [1, 1, 2, 0])),
    "replicated": (aten.replication_pad2d.default, (IMAGES, [0, 2, 1, 1])),
    "repeated": (aten.repeat.default, (IMAGES, [1, 2, 1, 3])),
    "expanded": (aten.expand.default, (IMAGES[:, :1], [-1, 4, -1, 6])),
    "broadcast": (aten.broadcast_to.default, (IMAGES[:, :, :1], [-1, 4, 3, 6])),
    "a copy": (aten.clone.default, (IMAGES,)),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers(case: str) -> None:
    operator, arguments = CASES[case]
    torch.testing.assert_close(imported(operator, *arguments), operator(*arguments))


REFUSED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "which mixes images": (aten.view.default, (IMAGES, [1, -1])),
    "flattening with the batch": (aten.flatten.using_ints, (IMAGES, 0, 1)),
    "in front of the batch": (aten.unsqueeze.default, (IMAGES, 0)),
    "a repetition of the batch": (aten.repeat.default, (IMAGES, [2, 1, 1, 1])),
    "with new axes": (aten.repeat.default, (IMAGES, [1, 2, 1, 1, 1])),
    "computed of the batch": (aten.new_zeros.default, (IMAGES, [3, 4])),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str) -> None:
    operator, arguments = REFUSED[what]
    with pytest.raises(Unsupported, match=what):
        imported(operator, *arguments)
