"""Modules of Norse become networks that spike alike, and what has no counterpart is refused by name."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.norse import from_norse
from tests.snn.interop.imported import compare, dyadic, images, spikes_of

norse = pytest.importorskip("norse.torch")
from norse.torch.functional.reset import reset_subtract  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
STEPS = 8


def t(value: float) -> torch.Tensor:
    return torch.as_tensor(value)


CELLS = {
    "IAF": lambda: norse.IAFCell(norse.IAFParameters(v_th=t(0.75))),
    "IAF, other reset": lambda: norse.IAFCell(norse.IAFParameters(v_th=t(0.75), v_reset=t(-0.5))),
    "box": lambda: norse.LIFBoxCell(norse.LIFBoxParameters(tau_mem_inv=t(0.5), v_th=t(0.25)), dt=1.0),
    "box, subtract": lambda: norse.LIFBoxCell(
        norse.LIFBoxParameters(tau_mem_inv=t(0.5), v_th=t(0.25), reset_method=reset_subtract), dt=1.0
    ),
    "box, rest and reset": lambda: norse.LIFBoxCell(
        norse.LIFBoxParameters(tau_mem_inv=t(0.5), v_th=t(0.25), v_leak=t(-0.25), v_reset=t(-0.5)), dt=1.0
    ),
}


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_of_norse_spike_for_spike(cell: str) -> None:
    """dt tau_mem_inv = 1 / 2 and dyadic weights: nothing is rounded."""
    module = norse.SequentialState(nn.Linear(9, 16), CELLS[cell](), nn.Linear(16, 6), norse.IAFCell())
    network, x = from_norse(dyadic(module), (9,), STEPS), images(20, 9)

    def run() -> Any:
        state, total = None, torch.zeros(())
        for _ in range(STEPS):
            spikes, state = module(x, state)
            total = total + spikes
        return total

    theirs, answers = spikes_of(module, run)
    activity = compare(
        network, x.numpy(), {name.rpartition(".")[2]: value for name, value in theirs.items()}, exact=True
    )
    np.testing.assert_array_equal(activity.logits, answers.numpy())


class Looped(nn.Module):
    """States handed on by hand, with a convolution and a sum pool in front."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.one = (
            nn.Conv2d(1, 4, 3, padding=1),
            norse.LIFBoxCell(norse.LIFBoxParameters(tau_mem_inv=t(200.0), v_th=t(0.05))),
        )
        self.two, self.fc = norse.IAFCell(norse.IAFParameters(v_th=t(0.5))), nn.Linear(64, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        s1 = s2 = None
        spikes = []
        for _ in range(STEPS):
            z, s1 = self.one(self.conv(x), s1)
            z, s2 = self.two(self.fc(torch.nn.functional.avg_pool2d(z, 2).flatten(1)), s2)
            spikes.append(z)
        return torch.stack(spikes).sum(0)


def test_norse_with_states_handed_on() -> None:
    module, x = Looped().eval(), torch.rand(20, 1, 8, 8)
    theirs, _ = spikes_of(module, lambda: module(x))
    compare(from_norse(module, (1, 8, 8), STEPS), x.numpy(), theirs)


def test_norse_lifted_over_time() -> None:
    """IAF runs over time itself; Lift gives every step to its module."""
    module = dyadic(
        norse.SequentialState(norse.Lift(nn.Linear(9, 16)), norse.IAF(), norse.Lift(nn.Linear(16, 6)), norse.IAF())
    )
    network, x = from_norse(module, (9,), STEPS), images(10, 9)
    theirs, (spikes, _) = spikes_of(module, lambda: module(x.repeat(STEPS, 1, 1)))
    compare(network, x.numpy(), {"1": theirs["1"], "3": spikes.numpy()}, exact=True)


def test_a_current_with_a_time_constant_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match=r"'1'.*LIFCell.*time constant of its own"):
        from_norse(norse.SequentialState(nn.Linear(9, 4), norse.LIFCell()).eval(), (9,), STEPS)
    logistic = norse.LIFBoxCell(norse.LIFBoxParameters(method="logistic"))
    with pytest.raises(InvalidNetwork, match=r"'1'.*a step forwards"):
        from_norse(norse.SequentialState(nn.Linear(9, 4), logistic).eval(), (9,), STEPS)
