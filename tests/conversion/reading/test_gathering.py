"""What a reading gathers: relays once for all readers, names that are not taken, levels that a relay repeats."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import QuantizedFrom, trace
from spikewright.conversion.reading.gathering import GatheredUnits
from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.plan import INPUT
from tests.conversion.reading.helpers import plan_for


class Bottleneck(nn.Module):
    """A sum without a ReLU that two layers read, each too wide to merge."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(4, 1, 3, padding=1)
        self.left, self.right = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.narrow(torch.relu(x))
        return (torch.relu(self.left(x)) + torch.relu(self.right(x))).flatten(1)


def test_a_sum_is_relayed_once_for_all_its_readers() -> None:
    plan = plan_for(Bottleneck(), 4, 5, 5)
    relays = [unit for unit in plan.units if unit.activation.symmetric]
    assert len(relays) == 1 and len(plan.readers(relays[0].name)) == 2


def test_names_are_numbered_when_they_are_taken() -> None:
    view = trace(nn.Sequential(nn.Linear(2, 2)), torch.rand(2, 2))
    walk = GatheredUnits(view, {}, shapes={INPUT: (2,), "fc": (2,), "fc_2": (2,)})
    assert walk.unique("conv") == "conv" and walk.unique("fc") == "fc_3"


class Residuals(nn.Module):
    """x + f(x) again and again, without an activation that would end the sum."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.fine = nn.ModuleList(nn.Conv2d(4, 4, 1, groups=4) for _ in range(depth))
        self.wide = nn.ModuleList(nn.Conv2d(4, 4, 3, padding=1, groups=4) for _ in range(depth))

    def forward(self, x: Tensor) -> Tensor:
        for fine, wide in zip(self.fine, self.wide, strict=True):
            x = x + torch.relu(wide(x)) + fine(x)
        return x.flatten(1)


def test_a_sum_that_is_read_twice_again_and_again_does_not_double_its_terms() -> None:
    plan = plan_for(Residuals(12), 4, 5, 5)
    assert max(len(unit.terms) for unit in plan.units) < 64  # 2**12 without relays


def test_a_moved_staircase_keeps_its_levels_beside_its_bias() -> None:
    class Enlarged(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
            self.steps = QuantizedFrom(5, -0.25)

        def forward(self, x: Tensor) -> Tensor:
            larger = F.interpolate(self.steps(self.one(x)), scale_factor=2)
            return self.two(F.max_pool2d(larger, 3, 1)).relu().flatten(1)

    plan = plan_of(Enlarged().eval(), torch.rand(2, 1, 5, 5))
    assert [unit.activation.grid for unit in plan.hidden] == [5, 5, None]
    assert not plan.hidden[1].bias.any() and plan.hidden[2].bias.any()
