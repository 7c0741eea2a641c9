"""What a traced value is: spikes on their way through layers, a state, what was gathered over the steps, or a size.

Each says what sums, multiples and elements of it are; what makes no sense for it is refused by name.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import Factor, Op

INPUT = "input"


class SpikeTerm(NamedTuple):
    """What `source` sends in step `step` (None: the same in all), through the layers `ops`."""

    source: str
    step: int | None
    ops: tuple[Op, ...] = ()


class TracedValue:
    """What stands for a tensor while a module is followed."""

    def described(self) -> str:
        """For error messages."""
        return type(self).__name__

    def flow(self) -> "SpikeFlow":
        """The value as a sum of terms. Raises InvalidNetwork when it is none."""
        raise InvalidNetwork(f"expected spikes or the input, got {words(self)}")

    def plus(self, other: Any) -> "TracedValue":
        """The sum."""
        return self.flow().plus(other)

    def times(self, factor: float) -> "TracedValue":
        """A multiple."""
        return self.flow().times(factor)

    def over(self, divisor: Any) -> "TracedValue":
        """The quotient by a number."""
        if not isinstance(divisor, int | float) or divisor == 0:
            raise InvalidNetwork(f"expected a division by a number, got {words(divisor)}")
        return self.times(1.0 / divisor)

    def item(self, index: Any) -> "TracedValue":
        """An element, or a slice."""
        raise InvalidNetwork(f"expected the input of one step, got {words(self)} at {index}")

    def over_steps(self) -> "Gathered":
        """The sum or mean over all steps."""
        return Gathered((self.flow(),))


@dataclass(frozen=True)
class SpikeFlow(TracedValue):
    """A sum of terms; no term is zero."""

    terms: tuple[SpikeTerm, ...]

    def described(self) -> str:
        """Sources with the layers behind them."""
        ways = [" > ".join([term.source, *(type(op.layer).__name__ for op in term.ops)]) for term in self.terms]
        return " + ".join(ways) or "zero"

    def flow(self) -> "SpikeFlow":
        """Itself."""
        return self

    def through(self, layer: Any, name: str) -> "SpikeFlow":
        """Every term through one more layer."""
        return SpikeFlow(tuple(term._replace(ops=(*term.ops, Op(name, layer))) for term in self.terms))

    @property
    def is_input(self) -> bool:
        """Whether only the input enters."""
        return all(term.source == INPUT for term in self.terms)

    def plus(self, other: Any) -> TracedValue:
        """A residual sum; the answers of two steps are gathered."""
        added = as_flow(other)
        places = [[(term.source, term.ops) for term in flow.terms] for flow in (self, added)]
        steps = [[term.step for term in flow.terms] for flow in (self, added)]
        if places[0] == places[1] and steps[0] != steps[1]:
            return Gathered((self, added))
        return SpikeFlow((*self.terms, *added.terms))

    def times(self, factor: float) -> TracedValue:
        """Every term times a number."""
        return self.through(Factor(float(factor)), "mul")

    def item(self, index: Any) -> TracedValue:
        """The input of one step."""
        step = index if isinstance(index, int) else next((part for part in index if isinstance(part, int)), None)
        rest = [part for part in index if part != step] if isinstance(index, tuple) else []
        whole = all(part == slice(None) or part is Ellipsis for part in rest)
        fresh = self.is_input and all(term.step is None for term in self.terms)
        if step is None or step < 0 or not whole or not fresh:
            return super().item(index)
        return SpikeFlow(tuple(term._replace(step=step) for term in self.terms))


@dataclass(frozen=True)
class State(TracedValue):
    """What the neurons or the container `source` handed back in step `step`."""

    source: str
    step: int

    def described(self) -> str:
        """Whose state, and when."""
        return f"the state of {self.source!r} after step {self.step}"


@dataclass(frozen=True)
class Gathered(TracedValue):
    """A stack, sum or mean of one value for each step."""

    values: tuple[Any, ...]

    def described(self) -> str:
        """That it is of all steps."""
        return "values gathered over steps"

    def plus(self, other: Any) -> TracedValue:
        """One step more."""
        return replace(self, values=(*self.values, other))

    def times(self, factor: float) -> TracedValue:
        """A positive multiple, which changes no prediction."""
        return self if factor > 0 else super().times(factor)

    def over(self, divisor: Any) -> TracedValue:
        """The mean, also by a size."""
        return self if isinstance(divisor, int | Extent) else super().over(divisor)

    def item(self, index: Any) -> TracedValue:
        """Refused: some steps of the answer are another answer."""
        raise InvalidNetwork("expected all steps of the answer, got some of them")

    def over_steps(self) -> "Gathered":
        """Itself."""
        return self


@dataclass(frozen=True)
class Extent(TracedValue):
    """A size of a traced value, good for views alone."""

    axis: int | None = None

    def item(self, index: Any) -> TracedValue:
        """One of several sizes."""
        return Extent(index) if isinstance(index, int) else self


def as_flow(value: Any) -> SpikeFlow:
    """A value as a sum of terms; a tensor of zeros is the empty sum. Raises InvalidNetwork for anything else."""
    if isinstance(value, Tensor) and not bool(torch.any(value != 0)):
        return SpikeFlow(())
    if not isinstance(value, TracedValue):
        raise InvalidNetwork(f"expected spikes or the input, got {words(value)}")
    return value.flow()


def words(value: Any) -> str:
    """A value for an error message."""
    return value.described() if isinstance(value, TracedValue) else type(value).__name__
