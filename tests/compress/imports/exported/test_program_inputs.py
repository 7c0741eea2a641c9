"""Programs and TorchScript modules with several inputs: all but the images are given values."""

import warnings
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress import choose, from_exported, prune
from spikewright.compress.imports.exported.program_inputs import inputs_of
from spikewright.conversion import Ttfs, convert, rewritten

X = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))
MASK = torch.rand(1, 1, 6, 6, generator=torch.Generator().manual_seed(1))
SHIFT = torch.ones(4, 1, 1)


class Masked(nn.Module):
    """Images, a mask and a shift, a flag and a number."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, mask: Tensor, x: Tensor, flag: bool = True, *, scale: float = 2.0, shift: Tensor) -> Any:
        y = self.conv(x) * mask
        y = y.relu() if flag else y
        return {"a": y * scale, "b": (y + shift).flatten(1)}


def program(flag: bool = False) -> Any:
    torch.manual_seed(0)
    sizes = {"mask": None, "x": {0: torch.export.Dim.AUTO}, "flag": None, "scale": None, "shift": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.export.export(
            Masked().eval(), (MASK, X, flag), {"scale": 3.0, "shift": SHIFT}, dynamic_shapes=sizes
        )


FIXED = {"mask": MASK, "shift": SHIFT.numpy()}


def test_other_inputs_have_the_values_that_are_given() -> None:
    made = program()
    wanted = made.module()(MASK, X, False, scale=3.0, shift=SHIFT)
    found = choose(made, ["a", "b"], FIXED)(X)
    assert torch.allclose(found, torch.cat([wanted["a"].flatten(1), wanted["b"]], 1), atol=1e-6)
    alone = choose(made, fixed={**FIXED, "flag": False, "scale": 3.0}, input="x")
    assert torch.allclose(alone(X)["b"], wanted["b"], atol=1e-6)


def test_convert_prune_and_rewritten_take_them() -> None:
    made = program(flag=True)
    wanted = made.module()(MASK, X, True, scale=3.0, shift=SHIFT)
    network = convert(made, X, Ttfs(), output=["b", "a"], fixed=FIXED)
    assert [head.name for head in network.heads] == ["b", "a"]
    again = rewritten(made, X, output=["b", "a"], fixed=FIXED)(X)
    assert torch.allclose(again.float(), torch.cat([wanted["b"], wanted["a"].flatten(1)], 1), atol=1e-5)
    single = rewritten(made, X, output="a", fixed=FIXED)(X)
    assert torch.allclose(single.float(), wanted["a"], atol=1e-5)
    assert prune(made, 0.5, output="a", fixed=FIXED).footprint


@pytest.mark.parametrize(
    ("fixed", "image", "told"),
    [
        ({}, None, r"one input left for the images, got mask, x, shift; try choose\(program, fixed=\{"),
        (FIXED, "mask", "got 'mask' and x"),
        (FIXED | {"x": X}, None, "got none"),
        (FIXED | {"other": 1}, None, "out of mask, x, flag, scale, shift, got 'other'"),
        (FIXED | {"flag": True}, None, "expected flag=False, with which the program was made, got True"),
        (FIXED | {"mask": MASK[0]}, None, r"'mask' of shape \(1, 1, 6, 6\), got \(1, 6, 6\)"),
        (FIXED | {"mask": "mask"}, None, "expected a tensor for the input 'mask', got str"),
    ],
)
def test_values_that_do_not_fit_are_refused(fixed: dict[str, Any], image: str | None, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        inputs_of(program(), fixed, image)
    with pytest.raises(InvalidInput, match=told):
        from_exported(program(), fixed=fixed, input=image)


def test_the_way_out_of_several_inputs_is_one() -> None:
    others = {"mask": MASK, "shift": SHIFT}
    with pytest.raises(InvalidInput, match="try choose"):
        convert(program(), X, Ttfs(), output="b")
    assert np.isfinite(choose(program(), "b", others)(X).detach().numpy()).all()
