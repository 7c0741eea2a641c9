"""Each ATen operator that becomes a layer gives the numbers of the operator itself."""

from typing import Any

import pytest
import torch
from torch import nn

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.exported.nodes import arguments_of, name_of
from spikewright.compress.imports.exported.table import ATEN_RULES

aten, G = torch.ops.aten, torch.Generator().manual_seed(0)
IMAGES, ROWS, LINE = (torch.rand(shape, generator=G) for shape in ((2, 4, 6, 6), (2, 5), (2, 4, 9)))
K, K1, W, B, C = (torch.rand(shape, generator=G) for shape in ((6, 4, 3, 3), (4, 2, 3), (3, 5), (3,), (4,)))


def imported(operator: Any, *arguments: Any, **settings: Any) -> torch.Tensor:
    """The layer of `operator(*arguments)`, the first tensor with a batch being the value, on that value."""
    builder, name = Builder(), name_of(operator)[0].rstrip("_")
    place = next(i for i, one in enumerate(arguments) if isinstance(one, torch.Tensor) and len(one) == 2)
    start = builder.input("x", tuple(arguments[place].shape[1:]))
    named = arguments_of(operator, (*arguments[:place], start, *arguments[place + 1 :]), settings)
    made = ATEN_RULES[name](AtenCall(name, name, builder, 2, named))
    answer: torch.Tensor = builder.finish(start, made)(arguments[place])
    return answer


CASES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "convolution": (aten.convolution.default, (IMAGES, K, None, [2, 2], [1, 1], [1, 1], False, [0, 0], 1)),
    "transposed": (aten.convolution.default, (IMAGES, K[:4], None, [2, 2], [1, 1], [1, 1], True, [1, 1], 1)),
    "conv1d with groups": (aten.conv1d.default, (LINE, K1, None, [1], [1], [1], 2)),
    "linear": (aten.linear.default, (ROWS, W, B)),
    "addmm": (aten.addmm.default, (B, ROWS, W.T)),
    "mm": (aten.mm.default, (ROWS, W.T)),
    "batch norm": (aten.batch_norm.default, (IMAGES, C, C, C, C + 1, False, 0.1, 1e-3, False)),
    "hardtanh": (aten.hardtanh.default, (IMAGES - 0.5, -0.25, 0.25)),
    "clamp from below": (aten.clamp.default, (IMAGES - 0.5, 0.0)),
    "threshold": (aten.threshold.default, (IMAGES - 0.5, 0.0, 0.0)),
    "max pool": (aten.max_pool2d.default, (IMAGES, [3, 3], [2, 2], [1, 1], [1, 1], True)),
    "average pool": (aten.avg_pool2d.default, (IMAGES, [2, 3], [], [0, 1], False, False)),
    "average pool with divisor": (aten.avg_pool2d.default, (IMAGES, [2], [2], [0], False, True, 3)),
    "adaptive": (aten.adaptive_avg_pool2d.default, (IMAGES, [2, 3])),
    "softmax": (aten.softmax.int, (ROWS, -1)),
    "log softmax": (aten.log_softmax.int, (ROWS, 1)),
    "group norm": (aten.group_norm.default, (IMAGES, 2, C, C)),
    "instance norm": (aten.instance_norm.default, (IMAGES, C, C, None, None, True, 0.1, 1e-5, False)),
}


@pytest.mark.parametrize("case", CASES)
def test_a_layer_gives_the_numbers_of_its_operator(case: str) -> None:
    operator, arguments = CASES[case]
    torch.testing.assert_close(imported(operator, *arguments), operator(*arguments))


def test_dropout_does_nothing_in_evaluation_and_is_refused_in_training() -> None:
    assert torch.equal(imported(aten.dropout.default, ROWS, 0.5, False), ROWS)
    with pytest.raises(Unsupported, match="stays on"):
        imported(aten.dropout.default, ROWS, 0.5, True)


def test_what_is_refused() -> None:
    with pytest.raises(Unsupported, match="attention"):
        imported(aten.mm.default, ROWS, _value())
    with pytest.raises(Unsupported, match="a constant with a value"):
        imported(aten.addmm.default, B, W, ROWS)
    with pytest.raises(Unsupported, match="training mode"):
        imported(aten.batch_norm.default, IMAGES, C, C, C, C, True, 0.1, 1e-3, False)
    with pytest.raises(Unsupported, match="clamp to tensors"):
        imported(aten.clamp.Tensor, IMAGES, torch.zeros(()))
    with pytest.raises(Damaged, match="a clamp from 1 to 0"):
        imported(aten.clamp.default, IMAGES, 1, 0)
    with pytest.raises(Damaged, match="a convolution of rank 3"):
        imported(aten.convolution.default, IMAGES, K1, None, [1], [0], [1], False, [0], 1)


def _value() -> Any:
    return Builder().layer("y", nn.Identity(), Builder().input("y", (5,)))
