"""What a library of spiking layers contributes to the reading of its modules: its neurons, its containers and its axes."""

from typing import Any, Protocol

from torch import nn

from spikewright.snn.interop.laws import ForeignLaw
from spikewright.snn.synapses import Shape


class SpikingLibrary(Protocol):
    """One library, `name` as its authors write it."""

    name: str

    def axes(self, module: nn.Module) -> int:
        """Axes in front of the channels in `module`: 1 for the batch, 2 for time and batch."""

    def is_neuron(self, module: nn.Module) -> bool:
        """Whether it is a layer of neurons that `law` knows."""

    def law(self, module: Any, name: str, shape: Shape) -> ForeignLaw:
        """The law of a layer of neurons. Raises InvalidNetwork, with the name and the reason, where it has no counterpart."""

    def loop(self, module: Any) -> Any:
        """None, or the layer through which spikes come back to their own neurons in the next step."""

    def inside(self, module: Any) -> dict[str, nn.Module] | None:
        """The modules that a container applies one after another to every step; None for anything else."""

    def is_layer(self, module: nn.Module) -> bool:
        """Whether it means what the torch layer means that it is derived from."""

    def hands_back_state(self, module: Any) -> bool:
        """Whether a call gives (value, state)."""

    def refusal(self, module: nn.Module) -> str:
        """Why a layer that is neither of these has no counterpart."""
