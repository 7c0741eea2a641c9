"""A module is followed whether it does one step, loops, or hands its states on; what cannot be followed is named."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.laws import ForeignLaw
from spikewright.snn.interop.modules.following import follow
from spikewright.snn.interop.modules.values import Gathered, SpikeFlow, SpikeTerm, State


class Spiking(nn.Module):
    """A layer of neurons of a library that is made up; gives (spikes, state)."""

    def forward(self, x: Tensor, state: Any = None) -> Any:
        return x, x


class Library:
    """Its neurons hand back their state; it has no containers."""

    name = "Nobody"

    def axes(self, module: nn.Module) -> int:
        return 1

    def is_neuron(self, module: nn.Module) -> bool:
        return isinstance(module, Spiking)

    def law(self, module: Any, name: str, shape: Any) -> ForeignLaw:
        return ForeignLaw()

    def loop(self, module: Any) -> Any:
        return None

    def inside(self, module: Any) -> dict[str, nn.Module] | None:
        return dict(module.named_children()) if type(module) is nn.ModuleList else None

    def is_layer(self, module: nn.Module) -> bool:
        return type(module).__module__.startswith("torch.nn.")

    def hands_back_state(self, module: Any) -> bool:
        return self.is_neuron(module)

    def refusal(self, module: nn.Module) -> str:
        return "nobody knows it"


class Steps(nn.Module):
    def __init__(self, steps: int, swapped: bool = False) -> None:
        super().__init__()
        self.fc, self.one, self.two, self.steps, self.swapped = nn.Linear(3, 3), Spiking(), Spiking(), steps, swapped

    def forward(self, x: Tensor) -> Any:
        a = b = None
        answers = []
        for _ in range(self.steps):
            first, a = self.one(self.fc(x), b if self.swapped else a)
            second, b = self.two(first, b)
            answers.append(second)
        return torch.stack(answers), b


def test_the_nth_call_is_step_n() -> None:
    found = follow(Steps(3), Library(), (3,))
    assert [(call.name, call.step) for call in found.calls] == [(n, s) for s in range(3) for n in ("one", "two")]
    stacked, state = found.answer
    assert stacked == Gathered(tuple(SpikeFlow((SpikeTerm("two", step),)) for step in range(3)))
    assert state == State("two", 2) and found.shapes == {"input": (3,), "one": (3,), "two": (3,)}


def test_a_container_of_the_library_is_applied_to_every_step() -> None:
    found = follow(nn.ModuleList([nn.Linear(3, 4), Spiking()]), Library(), (3,))
    assert [(call.name, call.step) for call in found.calls] == [("1", 0)] and found.shapes["1"] == (4,)


class Foreign(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.fft.fft(x)


class Branch(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


@pytest.mark.parametrize(
    ("module", "what"),
    [
        (Steps(2, swapped=True), "'one': expected its own state after step 0"),
        (Foreign(), r"fft_fft\(\) has no counterpart"),
        (Branch(), "torch.fx can follow"),
    ],
)
def test_what_cannot_be_followed_is_named(module: nn.Module, what: str) -> None:
    with pytest.raises(InvalidNetwork, match=what):
        follow(module, Library(), (3,))


def test_a_layer_that_the_library_does_not_vouch_for_is_refused() -> None:
    class Own(nn.Linear):
        pass

    class Holder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.own = Own(3, 3)

        def forward(self, x: Tensor) -> Any:
            return self.own(x)

    Own.__module__ = "sinabs.layers"
    with pytest.raises(InvalidNetwork, match=r"'own': Nobody's Own has no counterpart: nobody knows it"):
        follow(Holder(), Library(), (3,))
