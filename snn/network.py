"""`Network`: a spiking network as frozen, self-describing data. All behaviour lives elsewhere and dispatches on the records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from snn.codes import Code
from snn.decisions import Decision
from snn.neurons import Neuron, PerChannel
from snn.report import Report
from snn.synapses import Pair, Shape, Synapse
from snn.weights import Array

Schedule = Literal["synchronous", "layerwise"]
Readout = Literal["count", "potential", "first"]
Numbers = Literal["float32", "fixed"]


@dataclass(frozen=True, eq=False)
class Population:
    """Neurons of one kind.

    `shape`: `(C, H, W)` or `(N,)`. `bias`: the input current of every step, scalar, `(C,)` or `shape` (a time-coded or
    quantised population gets it once). `initial`: the potential before the first step, scalar or `(C,)`.
    `potential_bits`: the declared two's complement width of the potential, fixed point only. `amplitude`: what one of all
    that it sends in the run stands for, times `snn.codes.charge_steps`, scalar or `(C,)` in the units of the model that
    the network came from; None where there is no such model.
    """

    name: str
    shape: Shape
    neuron: Neuron
    bias: PerChannel | Array = 0.0
    initial: PerChannel = 0.0
    potential_bits: int | None = None
    amplitude: PerChannel | None = None

    @property
    def size(self) -> int:
        """Number of neurons."""
        count = 1
        for extent in self.shape:
            count *= extent
        return count


@dataclass(frozen=True, eq=False)
class Projection:
    """Spikes of `source` through `synapse` into `target`.

    `pool`: the events of non-overlapping windows are summed first, an address map that costs nothing; an average pool in
    front of a synapse is this with the divisor in the weights. `channels`: the slice `(start, stop)` of the target's
    channels, for concatenation. `shift`: the sums are multiplied by 2**shift, fixed point only. `delay`: a spike of step t
    arrives in step t + delay; a circle of projections needs a delay of at least one step somewhere.
    """

    source: str
    target: str
    synapse: Synapse
    pool: Pair = (1, 1)
    channels: tuple[int, int] | None = None
    shift: int = 0
    name: str = ""
    delay: int = 0

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", f"{self.source}->{self.target}")


@dataclass(frozen=True, eq=False)
class Network:
    """Populations and the projections between them, with the code, the schedule and the readout that belong to them.

    `numbers`: "float32" or "fixed" (integers everywhere). `logit_scale`: logits times this are in the units of the
    original network's logits. `decision`: when a sample may stop early. Raises InvalidNetwork on construction when the
    parts contradict each other.
    """

    populations: tuple[Population, ...]
    projections: tuple[Projection, ...]
    input: str
    output: str
    code: Code
    schedule: Schedule = "synchronous"
    readout: Readout = "potential"
    numbers: Numbers = "float32"
    logit_scale: float = 1.0
    report: Report = field(default_factory=Report)
    decision: Decision | None = None

    def __post_init__(self) -> None:
        from snn.validate import validate

        validate(self)

    @cached_property
    def by_name(self) -> Mapping[str, Population]:
        """Populations by their name."""
        return MappingProxyType({population.name: population for population in self.populations})

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Projection, ...]]:
        """The projections into each population, in their order."""
        into = {p.name: tuple(q for q in self.projections if q.target == p.name) for p in self.populations}
        return MappingProxyType(into)

    @cached_property
    def order(self) -> tuple[Population, ...]:
        """Populations so that every projection without delay runs forwards; the input comes first."""
        from snn.validate import topological_order

        return topological_order(self)

    @property
    def classes(self) -> int:
        """Number of neurons of the output population."""
        return self.by_name[self.output].size

    @property
    def steps(self) -> int:
        """Steps of the code; a time-coded network has one, its windows."""
        return self.code.steps

    def to_fixed(
        self, *, weight_bits: int = 8, potential_bits: int = 16, input_levels: int = 255, time_levels: int = 255
    ) -> "Network":
        """The same network in integers, with widths declared; see `snn.fixed.to_fixed`."""
        from snn.fixed import Widths, to_fixed

        return to_fixed(self, Widths(weight_bits, potential_bits, input_levels, time_levels))

    def save(self, path: str | Path) -> None:
        """Write one file: safetensors with a versioned JSON header. All or nothing."""
        from snn.files import save

        save(self, path)

    @staticmethod
    def load(path: str | Path) -> "Network":
        """Read a file that `save` wrote; never runs code. Raises InvalidFile when anything about it is wrong."""
        from snn.files import load

        return load(path)
