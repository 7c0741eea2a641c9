"""sinabs' neurons as laws. Read in its source (sinabs 3.1):

    LIF        v = alpha v + (1 - alpha) I, or + I with norm_input=False; alpha = exp(-1 / tau_mem) or trained itself
    IAF        v = v + I
    ExpLeak    the LIF without spikes, read by its potential
    SingleSpike    1 iff v >= threshold        MultiSpike, MaxSpike(n)    as many spikes as thresholds fit into v, at most n
    MembraneSubtract    v - spikes threshold, or another amount        MembraneReset(0)    v = 0

Several spikes a step are the record Burst, for neurons without leak. `min_v_mem` bounds potentials from below, which no
record does: refused.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright import InvalidNetwork
from spikewright.optional import require
from spikewright.snn.checked import MOST_SPIKES
from spikewright.snn.interop.laws import ForeignLaw, one_number
from spikewright.snn.synapses import Shape


class Sinabs:
    """sinabs for the reading of modules."""

    name = "sinabs"

    def __init__(self) -> None:
        require("sinabs")
        self.layers, self.activation = require("sinabs.layers"), require("sinabs.activation")

    def axes(self, module: nn.Module) -> int:
        """(batch, time) together in front of Squeeze layers, one behind the other in front of all others."""
        squeezed = [isinstance(m, self.layers.SqueezeMixin) for m in module.modules() if self.is_neuron(m)]
        if len(set(squeezed)) > 1:
            raise InvalidNetwork(
                "sinabs: expected all layers of neurons to squeeze time into the batch or none of them, got both"
            )
        return 1 if squeezed and squeezed[0] else 2

    def is_neuron(self, module: nn.Module) -> bool:
        """LIF, IAF and ExpLeak, squeezed, recurrent or plain."""
        base = ("LIF", "LIFSqueeze", "LIFRecurrent", "IAF", "IAFSqueeze", "IAFRecurrent", "ExpLeak", "ExpLeakSqueeze")
        return type(module) in {getattr(self.layers, kind) for kind in base}

    def law(self, module: Any, name: str, shape: Shape) -> ForeignLaw:
        """See the head of this module."""
        if module.tau_syn_calculated is not None:
            raise InvalidNetwork(
                f"{name!r}: expected no tau_syn, got one: its current decays by itself, a second state is not in the record LIF"
            )
        if module.min_v_mem is not None:
            raise InvalidNetwork(
                f"{name!r}: expected min_v_mem=None, got a lower bound of the potential, which no record has"
            )
        decay = one_number(module.alpha_mem_calculated.detach().cpu().numpy(), name, "time constant")
        gain = float(np.float32(1.0) - np.float32(decay)) if module.norm_input else 1.0
        if module.spike_fn is None:
            return ForeignLaw(decay=decay, gain=gain, reset="none", analog=True)
        threshold = module.spike_threshold.detach().cpu().numpy()
        reset, value = self._reset(module.reset_fn, name)
        return ForeignLaw(threshold, decay, gain, reset=reset, value=value, limit=self._limit(module.spike_fn, name))

    def _reset(self, function: Any, name: str) -> tuple[str, float | None]:
        """How potentials are reset: "by" an amount (None: the threshold) or "to" a value."""
        if isinstance(function, self.activation.MembraneSubtract):
            return "by", function.subtract_value
        if isinstance(function, self.activation.MembraneReset):
            if function.reset_value:
                raise InvalidNetwork(
                    f"{name!r}: expected a reset to zero; MembraneReset({function.reset_value}) adds it in silent steps"
                )
            return "to", 0.0
        raise InvalidNetwork(f"{name!r}: expected MembraneSubtract or MembraneReset, got {type(function).__name__}")

    def _limit(self, function: Any, name: str) -> int:
        """The most spikes a step."""
        if function is self.activation.SingleSpike:
            return 1
        if function is self.activation.MultiSpike:
            return MOST_SPIKES
        if isinstance(function, self.activation.MaxSpike):
            most = function.max_num_spikes_per_bin
            return MOST_SPIKES if most is None else int(most)
        raise InvalidNetwork(f"{name!r}: expected SingleSpike, MultiSpike or MaxSpike, got {function}")

    def loop(self, module: Any) -> nn.Module | None:
        """The module `rec_connect` of recurrent layers. Nothing comes back in the first step there, not even a bias."""
        loop = getattr(module, "rec_connect", None)
        if loop is not None and any(
            bool(torch.any(value != 0)) for name, value in loop.named_parameters() if name.endswith("bias")
        ):
            raise InvalidNetwork(
                "sinabs: expected rec_connect without bias: it would flow from the second step on only"
            )
        return loop

    def inside(self, module: Any) -> dict[str, nn.Module] | None:
        """Repeat applies its module to every step."""
        return {"module": module.module} if isinstance(module, self.layers.Repeat) else None

    def is_layer(self, module: nn.Module) -> bool:
        """torch's own layers, sums over windows, and what only moves axes."""
        return type(module).__module__.startswith("torch.nn.") or type(module) is self.layers.SumPool2d

    def hands_back_state(self, module: Any) -> bool:
        """Never: states live in the layers."""
        return False

    def refusal(self, module: nn.Module) -> str:
        """Why a layer is unknown."""
        return "known are LIF, IAF and ExpLeak, their squeezed and recurrent forms, Repeat and SumPool2d"
