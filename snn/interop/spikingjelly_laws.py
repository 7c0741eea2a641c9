"""SpikingJelly's neurons (Fang et al. 2023) as laws. Read in its source (spikingjelly 2.0, activation_based):

    IFNode               v = v + x
    LIFNode              v = v + (x - (v - v_reset)) / tau, or v - (v - v_reset) / tau + x with decay_input=False
    ParametricLIFNode    the same with 1 / tau = sigmoid(w)
    a spike is v >= v_threshold; v_reset=None subtracts v_threshold, a number sets v to it; v begins at v_reset, or 0

The leak is towards v_reset and not towards zero, so that with a number everything is counted from there. Steps may be single
or multi.
"""

from typing import Any

import numpy as np
from torch import nn

from spikewright import InvalidNetwork
from spikewright.optional import require
from spikewright.snn.interop.laws import ForeignLaw
from spikewright.snn.interop.snntorch_laws import fires_above
from spikewright.snn.synapses import Shape

NEURONS = ("IFNode", "SimpleIFNode", "LIFNode", "SimpleLIFNode", "ParametricLIFNode")
LAYERS = (
    *(
        "Conv1d",
        "Conv2d",
        "ConvTranspose2d",
        "Linear",
        "Upsample",
        "Flatten",
        "BatchNorm1d",
        "BatchNorm2d",
        "MaxPool1d",
        "MaxPool2d",
        "AvgPool2d",
    ),
    *("AdaptiveAvgPool2d", "Dropout", "Dropout2d", "ThresholdDependentBatchNorm1d", "ThresholdDependentBatchNorm2d"),
)
SCALERS = ("VoltageScaler", "ChannelVoltageScaler")
"""What `ann2snn.Converter` puts in front of and behind its neurons: factors."""
CONTAINERS = ("SeqToANNContainer", "MultiStepContainer", "StepModeContainer")
REFUSALS = {
    "VotingLayer": "an average over groups of outputs has no synapse; vote on the logits",
    "WSConv2d": "its weights are standardised at run time; put the standardised weights into a Conv2d",
    "CUBALIFNode": "its current decays by itself; a second state is not in the record LIF",
    "PoissonEncoder": "it draws at run time; leave it out and let the network's code draw, Poisson(steps)",
    "KLIFNode": "its potential is scaled and rectified before it fires",
    "PSN": "it has no reset and no order of steps",
}


class SpikingJelly:
    """SpikingJelly for the reading of modules."""

    name = "SpikingJelly"

    def __init__(self) -> None:
        self.neuron = require("spikingjelly.activation_based.neuron")
        self.layer = require("spikingjelly.activation_based.layer")

    def axes(self, module: nn.Module) -> int:
        """Multi-step modules see (time, batch)."""
        modes = {m.step_mode for m in module.modules() if self.is_neuron(m)}
        nested = any(self.inside(m) is not None for m in module.modules())
        if len(modes) > 1 and not nested:
            raise InvalidNetwork("SpikingJelly: expected one step_mode for all layers of neurons, got both")
        return 2 if "m" in modes or nested else 1

    def is_neuron(self, module: nn.Module) -> bool:
        """IFNode, LIFNode and ParametricLIFNode."""
        return type(module) in {getattr(self.neuron, kind) for kind in NEURONS}

    def law(self, module: Any, name: str, shape: Shape) -> ForeignLaw:
        """See the head of this module."""
        rest = module.v_reset
        strict = fires_above(module.surrogate_function, name)
        if getattr(module, "_neuron_precision", None) is not None:
            raise InvalidNetwork(f"{name!r}: expected float32, got potentials of another precision")
        decay, gain = self._decay_and_gain(module)
        reset: dict[str, Any] = {"reset": "by"} if rest is None else {"reset": "to", "value": rest, "start": rest}
        current = (1.0 - decay) * (0.0 if rest is None else rest)
        return ForeignLaw(
            np.float32(module.v_threshold),
            decay,
            gain,
            current,
            strict=strict,
            **reset,
        )

    def _decay_and_gain(self, module: Any) -> tuple[float, float]:
        """The decay 1 - 1 / tau, and the gain: what a unit of input adds to v."""
        if "LIF" not in type(module).__name__:
            return 1.0, 1.0
        share = float(module.w.detach().sigmoid()) if hasattr(module, "w") else 1.0 / module.tau
        return 1.0 - share, share if module.decay_input else 1.0

    def loop(self, module: Any) -> nn.Module | None:
        """Recurrence is written with containers there, which are refused but for those of `inside`."""
        return None

    def inside(self, module: Any) -> dict[str, nn.Module] | None:
        """Containers that give every step to the same modules."""
        found = type(module) in {getattr(self.layer, kind) for kind in CONTAINERS}
        return dict(module.named_children()) if found else None

    def is_layer(self, module: nn.Module) -> bool:
        """torch's own layers, their wrappers with a step_mode, and the factors of converted networks."""
        if type(module).__name__ in SCALERS and type(module).__module__.startswith("spikingjelly."):
            return True
        wrappers = {getattr(self.layer, kind) for kind in LAYERS}
        return type(module).__module__.startswith("torch.nn.") or type(module) in wrappers

    def hands_back_state(self, module: Any) -> bool:
        """Never: states live in the layers."""
        return False

    def refusal(self, module: nn.Module) -> str:
        """Why a layer is unknown."""
        return REFUSALS.get(
            type(module).__name__, f"known are {', '.join((*NEURONS, *CONTAINERS))} and layers with a step_mode"
        )
