"""What both importers do alike: reshapes, pools over all pixels, padding, selection and filling mean what torch means."""

from typing import Any

import pytest
import torch
from torch.nn import functional as F

from spikewright.compress.imports import arranging
from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.steps import ImportedValue

IMAGES = torch.rand(2, 3, 4, 6, generator=torch.Generator().manual_seed(0))


def answer(rule: Any) -> torch.Tensor:
    """What `rule(call, value)` makes of the images."""
    builder = Builder()
    start = builder.input("x", (3, 4, 6))
    made = rule(AtenCall("op", "made", builder, None, {"self": start}), start)
    result: torch.Tensor = builder.finish(start, made)(IMAGES)
    return result


@pytest.mark.parametrize("sizes", [(72,), (3, 24), (6, 3, 4), (3, 4, 6)])
def test_a_reshape_keeps_the_batch(sizes: tuple[int, ...]) -> None:
    found = answer(lambda call, value: arranging.reshaped(call, value, sizes))
    assert torch.equal(found, IMAGES.reshape(2, *sizes))


def test_a_reshape_to_another_number_of_values_is_damage() -> None:
    with pytest.raises(Damaged, match="a reshape from"):
        answer(lambda call, value: arranging.reshaped(call, value, (5,)))


@pytest.mark.parametrize(("sizes", "whole"), [((3, -1), (3, 24)), ((-1,), (72,)), ((9, 8), (9, 8)), ((0, -1), (0, 72))])
def test_an_open_size_is_filled_in(sizes: tuple[int, ...], whole: tuple[int, ...]) -> None:
    assert arranging.without_open(sizes, 72) == whole


@pytest.mark.parametrize(("kind", "function"), [("mean", torch.mean), ("max", torch.amax)])
@pytest.mark.parametrize("keep", [True, False])
def test_reductions(kind: str, function: Any, keep: bool) -> None:
    pooled = answer(lambda call, value: arranging.pooled_whole(call, kind, value, keep))
    torch.testing.assert_close(pooled, function(IMAGES, dim=(2, 3), keepdim=keep))
    rows = answer(lambda call, value: arranging.reduced(call, kind, [2], keep))
    torch.testing.assert_close(rows, function(IMAGES, dim=(2,), keepdim=keep))


@pytest.mark.parametrize("widths", [[1, 0, 0, 2], [0] * 4, [0, 1, 2, 0, 1, 1], [-1, 2, 0, 0], [-1, 0, 0, -1, -1, 1]])
def test_padding_begins_with_the_last_axis(widths: list[int]) -> None:
    found = answer(lambda call, value: arranging.padded(call, value, widths, 0.5))
    assert torch.equal(found, F.pad(IMAGES, widths, value=0.5))


def test_selection_and_joining() -> None:
    row = answer(lambda call, value: arranging.selected(call, value, 2, slice(1, 3)))
    assert torch.equal(row, IMAGES[:, :, 1:3])
    twice = answer(lambda call, value: arranging.joined(call, [value, value], 1))
    assert torch.equal(twice, torch.cat([IMAGES, IMAGES], 1))
    with pytest.raises(Unsupported, match="along the batch"):
        answer(lambda call, value: arranging.joined(call, [value, value], 0))


def test_a_filled_value_has_whole_sizes() -> None:
    assert torch.equal(answer(lambda call, value: arranging.filled(call, (2, 5), 0.25)), torch.full((2, 2, 5), 0.25))
    with pytest.raises(Unsupported, match="computed of the batch"):
        answer(lambda call, value: arranging.filled(call, (ImportedValue("n", ()), 5), 0.25))
