"""What a traced value is: a sum of spikes on their way through layers, a state, or what was gathered over the steps."""

from typing import Any, NamedTuple, Protocol

from torch import nn

from spikewright.snn.interop.laws import Law
from spikewright.snn.interop.module_chain import Op
from spikewright.snn.synapses import Shape

INPUT = "input"


class Term(NamedTuple):
    """What `source` sends in step `step` (None: the same in all), through `ops`."""

    source: str
    step: int | None
    ops: tuple[Op, ...] = ()


class Flow(NamedTuple):
    """A sum of terms; no term is zero."""

    terms: tuple[Term, ...]

    def through(self, layer: Any, name: str) -> "Flow":
        """Every term through one more layer."""
        return Flow(tuple(term._replace(ops=(*term.ops, Op(name, layer))) for term in self.terms))

    @property
    def is_input(self) -> bool:
        """Whether only the input enters."""
        return all(term.source == INPUT for term in self.terms)


class State(NamedTuple):
    """What the neurons or the container `source` handed back in step `step`."""

    source: str
    step: int


class Gathered(NamedTuple):
    """A stack, sum or mean of one value for each step."""

    values: tuple[Any, ...]


class Extent(NamedTuple):
    """A size of a traced value, good for views alone."""

    axis: int | None = None


class Maximum(NamedTuple):
    """Max-pooling of the spikes of one step: 1 where any spike of the window is 1."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]


class Call(NamedTuple):
    """Step `step` of the neurons `name`: what enters them. `module` is the layer of neurons, or a `Maximum`."""

    name: str
    step: int
    flow: Flow
    module: Any


class Tool(Protocol):
    """What a library contributes: its neurons, its containers, and its axes."""

    name: str

    def axes(self, module: nn.Module) -> int:
        """Axes in front of the channels in `module`: 1 for the batch, 2 for time and batch."""

    def is_neuron(self, module: nn.Module) -> bool:
        """Whether it is a layer of neurons that `law` knows."""

    def law(self, module: Any, name: str, shape: Shape) -> Law:
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


def words(value: Any) -> str:
    """A traced value for an error message."""
    if isinstance(value, Flow):
        return (
            " + ".join(" > ".join([t.source, *(type(op.layer).__name__ for op in t.ops)]) for t in value.terms)
            or "zero"
        )
    if isinstance(value, State):
        return f"the state of {value.source!r} after step {value.step}"
    return "values gathered over steps" if isinstance(value, Gathered) else type(value).__name__
