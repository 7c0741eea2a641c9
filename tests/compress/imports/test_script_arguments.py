"""Inputs of a TorchScript module, by name: flags, masks and defaults."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress import from_torchscript
from spikewright.compress.imports.script_arguments import script_inputs
from spikewright.conversion import Ttfs, convert, rewritten
from spikewright.snn import simulate

X = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))
MASK = torch.rand(1, 1, 6, 6, generator=torch.Generator().manual_seed(1))


class Masked(nn.Module):
    """A mask in front of the images, a flag and a number."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, mask: Tensor, x: Tensor, flag: bool = True, scale: float = 2.0) -> tuple[Tensor, Tensor]:
        y = self.conv(x) * mask
        if flag:
            y = y.relu()
        return y * scale, y.flatten(1)


SCRIPTED = torch.jit.script(Masked().eval())


@pytest.mark.parametrize("more", [{}, {"flag": False}, {"scale": 0.5}])
def test_layers_are_those_of_the_module_with_these_values(more: dict[str, Any]) -> None:
    found = from_torchscript(SCRIPTED, X, {"mask": MASK, **more})(X)
    for one, wanted in zip(found, SCRIPTED(MASK, X, **more), strict=True):
        assert torch.allclose(one, wanted, atol=1e-6)


def test_convert_and_rewritten_take_them_and_an_output() -> None:
    network = convert(SCRIPTED, X, Ttfs(), output=1, fixed={"mask": MASK})
    wanted = SCRIPTED(MASK, X)[1].detach().numpy()
    np.testing.assert_allclose(simulate(network, X).answers, wanted, atol=1e-5)
    again = rewritten(SCRIPTED, X, output=1, fixed={"mask": MASK})(X)
    np.testing.assert_allclose(again.numpy(), wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("fixed", "told"),
    [
        ({}, r"expected one input, got mask, x; try fixed=\{'x': its value\}"),
        ({"masks": MASK}, "out of mask, x, flag, scale, got 'masks'"),
        ({"mask": MASK, "x": X, "flag": True, "scale": 1.0}, "all of mask, x, flag, scale fixed"),
    ],
)
def test_what_forward_does_not_have_is_refused(fixed: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        script_inputs(SCRIPTED, fixed)
    with pytest.raises(InvalidInput, match=told):
        from_torchscript(SCRIPTED, X, fixed)


def test_arguments_stand_in_their_order() -> None:
    inputs = script_inputs(SCRIPTED, {"mask": MASK, "scale": 1.0})
    assert inputs.place == 1
    assert inputs.given("images")[1:] == ("images", True, 1.0)
    assert inputs.given("images", others=None) == (None, "images", None, None)
