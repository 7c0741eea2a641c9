"""The plan is held against the model: what differs is named."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from spikewright.compress import QuantizedReLU, trace
from spikewright.conversion import Unconvertible
from spikewright.conversion.reading.check import check_same
from spikewright.conversion.reading.geometry import Kernel
from spikewright.conversion.reading.graph import read

X = torch.rand(40, 1, 8, 8, generator=torch.Generator().manual_seed(0))


BLACK_FIRST = torch.cat([torch.zeros(8, 1, 8, 8), X])


def made(activation: nn.Module) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), activation, nn.Flatten(), nn.Linear(144, 5), nn.ReLU(), nn.Linear(5, 3)
    ).eval()


@pytest.mark.parametrize("activation", [nn.ReLU(), QuantizedReLU(4, 1.0)], ids=["relu", "levels"])
@pytest.mark.parametrize("samples", [X, BLACK_FIRST, torch.zeros(4, 1, 8, 8)], ids=["bright", "black first", "black"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_wrong_unit_is_named(activation: nn.Module, samples: Tensor, place: int) -> None:
    plan = read(trace(made(activation), X), {})
    check_same(plan, samples)
    unit = plan.units[place]
    (term,) = unit.terms
    assert term.kernel is not None
    values = term.kernel.values * (1 + 0.1 * (torch.arange(len(term.kernel.values)) == 1).numpy()).reshape(
        -1, *[1] * (term.kernel.values.ndim - 1)
    )
    wrong = replace(unit, terms=(replace(term, kernel=Kernel(values)),))
    units = tuple(wrong if one is unit else one for one in plan.units)
    with pytest.raises(Unconvertible, match="other outputs than the model itself") as caught:
        check_same(replace(plan, units=units), samples)
    assert caught.value.report.rows[-1].layer == unit.node
