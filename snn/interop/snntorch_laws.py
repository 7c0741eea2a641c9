"""snnTorch's neurons (Eshraghian et al. 2023, snntorch 1.0) as laws. Read in its source, with s the spike of the last step:

    Leaky, "subtract", reset_delay    mem = beta mem + I - threshold s             takes threshold / beta off in our order
    Leaky, "zero"                     mem = beta (1 - s) mem + I                   the same with reset_delay=False
    RLeaky, Lapicque, "zero"          mem = (1 - s) (beta mem + I)                 what arrives in the step after a spike is lost
    Lapicque                          beta = 1 - time_step / (R C), I time_step / C
    "none"                            mem = beta mem + I                           at the output, read by its potential
    a spike is mem > threshold, unless the surrogate gives 1 at zero

With reset_delay=False and "subtract" a neuron that is above its threshold after a reset takes nothing off in the next step:
refused.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright import InvalidNetwork
from spikewright.optional import require
from spikewright.snn.interop.laws import ForeignLaw, one_number
from spikewright.snn.interop.modules.chain import Factor
from spikewright.snn.synapses import Shape

REFUSALS = {
    "Synaptic": "its current decays by itself; a second state is not in the record LIF",
    "RSynaptic": "its current decays by itself; a second state is not in the record LIF",
    "Alpha": "its current has two time constants; a second state is not in the record LIF",
}


class SnnTorch:
    """snnTorch for the reading of modules."""

    name = "snnTorch"

    def __init__(self) -> None:
        self.library = require("snntorch")

    def axes(self, module: nn.Module) -> int:
        """Modules see one step."""
        return 1

    def is_neuron(self, module: nn.Module) -> bool:
        """Leaky, RLeaky and Lapicque."""
        return type(module) in (self.library.Leaky, self.library.RLeaky, self.library.Lapicque)

    def law(self, module: Any, name: str, shape: Shape) -> ForeignLaw:
        """See the head of this module."""
        self._check(module, name)
        decay, gain = self._decay(module, name)
        reset, delayed = module.reset_mechanism, getattr(module, "reset_delay", True)
        threshold = module.threshold.detach().cpu().numpy()
        common: dict[str, Any] = {
            "threshold": threshold,
            "decay": decay,
            "gain": gain,
            "strict": fires_above(module.spike_grad, name),
        }
        if reset == "none":
            return ForeignLaw(reset="none", **common)
        if reset == "zero":
            deaf = delayed and type(module) is not self.library.Leaky
            return ForeignLaw(reset="to", value=0.0, refractory=int(deaf), **common)
        if not delayed:
            raise InvalidNetwork(
                f"{name!r}: reset_delay=False with reset by subtraction takes nothing off after a spike that leaves the "
                "potential above the threshold; expected reset_delay=True or reset_mechanism='zero'"
            )
        taken = threshold.astype(np.float64) / decay if 0.0 < decay < 1.0 else None
        return ForeignLaw(reset="by", value=taken, **common)

    def _decay(self, module: Any, name: str) -> tuple[float, float]:
        """beta, and what a unit of input adds to mem."""
        if type(module) is self.library.Lapicque:
            step, r, c = (
                one_number(getattr(module, what).detach().cpu().numpy(), name, what) for what in ("time_step", "R", "C")
            )
            return 1.0 - step / (r * c), step / c
        return min(max(one_number(module.beta.detach().cpu().numpy(), name, "beta"), 0.0), 1.0), 1.0

    def _check(self, module: Any, name: str) -> None:
        """What no record has: inhibition, quantised states, spikes of another height."""
        factor = getattr(module, "graded_spikes_factor", torch.ones(1))
        unknown = {
            "inhibition": module.inhibition,
            "state_quant": module.state_quant,
            "graded_spikes_factor": bool(torch.any(factor != 1)),
        }
        found = [what for what, there in unknown.items() if there]
        if found:
            raise InvalidNetwork(
                f"{name!r}: expected neurons without {found[0]}, got one with it; it has no counterpart"
            )

    def loop(self, module: Any) -> Any:
        """RLeaky: all to all, or one to one with a weight V."""
        if type(module) is not self.library.RLeaky:
            return None
        if isinstance(module.recurrent, nn.Linear | nn.Conv2d):
            return module.recurrent
        return Factor(module.recurrent.V.detach().cpu().numpy())

    def inside(self, module: Any) -> dict[str, nn.Module] | None:
        """It has no containers of its own."""
        return None

    def is_layer(self, module: nn.Module) -> bool:
        """torch's own layers."""
        return type(module).__module__.startswith("torch.nn.")

    def hands_back_state(self, module: Any) -> bool:
        """(spikes, mem), unless states are hidden; recurrent neurons: (spikes, mem) that are both handed in again."""
        return bool(module.output or not module.init_hidden)

    def refusal(self, module: nn.Module) -> str:
        """Why a neuron is unknown."""
        return REFUSALS.get(type(module).__name__, "known are Leaky, RLeaky and Lapicque")


def fires_above(surrogate: Any, name: str) -> bool:
    """Whether a spike needs more than the threshold. Raises InvalidNetwork where `surrogate` is no step forwards."""
    with torch.no_grad():
        below, at, above = (float(surrogate(torch.full((1,), excess))) for excess in (-0.5, 0.0, 0.5))
    if (below, above) != (0.0, 1.0) or at not in (0.0, 1.0):
        raise InvalidNetwork(
            f"{name!r}: expected a surrogate that is a step forwards, got {below}, {at}, {above} at -0.5, 0, 0.5"
        )
    return at == 0.0
