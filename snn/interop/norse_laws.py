"""Norse's neurons (Pehle and Pedersen 2021) as laws. Read in its source (norse 1.1), with a = dt tau_mem_inv:

    IAFCell, IAF    v = v + I;                      fires at v > v_th, then v = v_reset; begins at v_reset
    LIFBoxCell      v = v + a (I + v_leak - v);     fires at v > v_th, then v = v_reset, or v - v_th; begins at v_leak

LIFCell and all others have a current with a time constant of its own, a second state that the record LIF has not: refused.
"""

from typing import Any

import numpy as np
from torch import nn

from spikewright import InvalidNetwork
from spikewright.optional import require
from spikewright.snn.interop.laws import ForeignLaw, one_number
from spikewright.snn.synapses import Shape

STEPS_OF_ZERO = ("heaviside", "super", "triangle", "tanh", "circ", "heavi_erfc")
"""Norse's threshold functions that are a step forwards, 1 above zero."""


class Norse:
    """Norse for the reading of modules."""

    name = "Norse"

    def __init__(self) -> None:
        self.library = require("norse.torch")
        self.reset = require("norse.torch.functional.reset")

    def axes(self, module: nn.Module) -> int:
        """Cells see one step; IAF and Lift see (time, batch)."""
        lifted = any(type(m) in (self.library.IAF, self.library.Lift) for m in module.modules())
        return 2 if lifted else 1

    def is_neuron(self, module: nn.Module) -> bool:
        """IAF cells and LIF boxes."""
        return type(module) in (self.library.IAFCell, self.library.IAF, self.library.LIFBoxCell)

    def law(self, module: Any, name: str, shape: Shape) -> ForeignLaw:
        """See the head of this module."""
        p = module.p
        if p.method not in STEPS_OF_ZERO:
            raise InvalidNetwork(f"{name!r}: expected a threshold function that is a step forwards, got {p.method!r}")
        threshold, value = (np.asarray(x.detach().cpu()) for x in (p.v_th, p.v_reset))
        if type(module) is not self.library.LIFBoxCell:
            return ForeignLaw(threshold, reset="to", value=value, start=value, strict=True)
        share = one_number(
            np.float32(module.dt) * np.asarray(p.tau_mem_inv.detach().cpu(), dtype=np.float32), name, "tau_mem_inv"
        )
        rest = one_number(p.v_leak.detach().cpu().numpy(), name, "v_leak")
        subtracts = getattr(p.reset_method, "__name__", "") == "reset_subtract"
        if not subtracts and getattr(p.reset_method, "__name__", "") != "reset_value":
            raise InvalidNetwork(f"{name!r}: expected reset_value or reset_subtract, got {p.reset_method}")
        how: dict[str, Any] = {"reset": "by"} if subtracts else {"reset": "to", "value": value}
        return ForeignLaw(threshold, 1.0 - share, share, share * rest, start=rest, strict=True, **how)

    def loop(self, module: Any) -> nn.Module | None:
        """Recurrent cells are of the kinds that are refused."""
        return None

    def inside(self, module: Any) -> dict[str, nn.Module] | None:
        """SequentialState hands states on; Lift gives every step to its module."""
        if type(module) is self.library.SequentialState:
            return dict(module.named_children())
        return {"lifted_module": module.lifted_module} if type(module) is self.library.Lift else None

    def is_layer(self, module: nn.Module) -> bool:
        """torch's own layers."""
        return type(module).__module__.startswith("torch.nn.")

    def hands_back_state(self, module: Any) -> bool:
        """Cells give (spikes, state), and so do the containers of such."""
        if type(module) is self.library.Lift:
            return bool(module.is_stateful)
        return self.is_neuron(module) or type(module) is self.library.SequentialState

    def refusal(self, module: nn.Module) -> str:
        """Why a layer is unknown."""
        return "its current has a time constant of its own; known are IAFCell, LIFBoxCell, SequentialState and Lift"
