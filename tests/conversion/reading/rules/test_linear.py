"""Steps that are linear but no layer: each is what torch computes."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from spikewright.compress import trace
from spikewright.conversion import Unconvertible
from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, Geometry, SeparableGeometry
from spikewright.conversion.reading.graph import read
from tests.conversion.reading.helpers import plan_for, rows_of


class Between(nn.Module):
    """A step between two ReLUs, and a linear layer."""

    def __init__(self, step: Callable[["Between", Tensor], Tensor]) -> None:
        super().__init__()
        self.conv, self.step, self.last, self.pixel = (
            nn.Conv2d(1, 4, 3, padding=1),
            step,
            nn.Linear(6, 5),
            nn.Linear(4, 3),
        )
        self.register_buffer("w", torch.randn(6, 6, generator=torch.Generator().manual_seed(1)))
        with torch.no_grad():
            self.conv.bias.fill_(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.step(self, torch.relu(self.conv(x)))).flatten(1)


STEPS: dict[str, tuple[Callable[[Between, Tensor], Tensor], type[Geometry]]] = {
    "matmul": (lambda self, x: x @ self.w, SeparableGeometry),
    "from the left": (lambda self, x: torch.matmul(self.w, x), SeparableGeometry),
    "einsum over channels": (lambda self, x: torch.einsum("oc,nchw->nohw", self.w[:, :4], x), ConvGeometry),
    "cumulative": (lambda self, x: x.cumsum(-1), SeparableGeometry),
    "mean of channels": (lambda self, x: x.mean(1), ConvGeometry),
    "a weight for each pixel": (lambda self, x: x * self.w, type(DENSE)),
    "a map of constants and a matrix": (
        lambda self, x: torch.nn.functional.linear(x, self.w, self.w[0]),
        SeparableGeometry,
    ),
    "a linear layer over the last axis": (lambda self, x: self.last(x), SeparableGeometry),
    "channels last": (lambda self, x: self.pixel(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2), ConvGeometry),
    "all axes": (lambda self, x: torch.sum(x, (1, 2, 3), keepdim=True), type(DENSE)),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_is_what_torch_computes(name: str) -> None:
    step, kind = STEPS[name]
    plan = plan_for(Between(step), 1, 6, 6)
    assert isinstance(plan.output.terms[0].geometry, kind)


def test_the_report_says_what_it_became() -> None:
    rows = rows_of(plan_for(Between(lambda self, x: torch.einsum("nchw,hk->nkwc", x, self.w)), 1, 6, 6))
    assert any("a matrix over all numbers, constant" in told for told in rows.values())


@pytest.mark.parametrize(
    "step", [lambda self, x: x.var(1), lambda self, x: torch.matmul(x, x), lambda self, x: 1 / (x + 1)]
)
def test_what_is_not_linear_is_refused(step: Callable[[Between, Tensor], Tensor]) -> None:
    with pytest.raises(Unconvertible):
        read(trace(Between(step).eval(), torch.rand(2, 1, 6, 6)), {})


class LastPlace(nn.Module):
    """Channels at the end of maps of one pixel, side by side, and a linear layer over them."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.other, self.fc = nn.Conv2d(2, 4, 6), nn.Conv2d(2, 3, 6), nn.Linear(7, 5)

    def forward(self, x: Tensor) -> Tensor:
        one, other = torch.relu(self.one(x)).permute(0, 2, 3, 1), self.other(x).permute(0, 2, 3, 1)
        return torch.relu(self.fc(torch.cat([one, other], -1))).flatten(1)


def test_over_the_only_place_it_is_a_layer_of_a_vector() -> None:
    """`plan_for` holds the plan against the model; a matrix along rows would have read the numbers as rows."""
    plan = plan_for(LastPlace().eval(), 2, 6, 6)
    assert rows_of(plan)["fc"].endswith("weights of the only place")


class Five(nn.Module):
    """A linear layer over the last of five axes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.mix = nn.Conv2d(1, 3, 3), nn.Linear(2, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.conv(x)).reshape(-1, 3, 2, 2, 2, 2).permute(0, 2, 4, 1, 3, 5)
        return torch.relu(self.mix(x)).flatten(1)


def test_a_linear_layer_over_the_last_of_many_axes() -> None:
    plan_for(Five(), 1, 6, 6)


STACKED: dict[str, Callable[[Between, Tensor], Tensor]] = {
    "sum of two maps": lambda self, x: torch.stack([x, self.last(x)[..., :1] + x], 1).sum(1),
    "mean of pairs": lambda self, x: torch.stack([x, x.flip(1)], 2).mean(2),
    "a matrix over channels": lambda self, x: torch.einsum("ngcij,oc->nogij", x.view(-1, 2, 2, 6, 6), self.w[:3, :2])[
        :, 0
    ],
}


@pytest.mark.parametrize("name", STACKED)
def test_a_step_over_many_axes_is_one_over_joined_axes(name: str) -> None:
    plan_for(Between(STACKED[name]), 1, 6, 6)
