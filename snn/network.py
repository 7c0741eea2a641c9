"""`Network`: a spiking network as frozen, self-describing data. All behaviour lives elsewhere and dispatches on the records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from spikewright import InvalidInput
from spikewright.answers import Head, Kind
from spikewright.linear_tails import Tail
from spikewright.markup import html_table
from spikewright.snn.checked import Constant
from spikewright.snn.codes import Code
from spikewright.snn.decisions import Decision
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.report import Report
from spikewright.snn.running import Run
from spikewright.snn.validation import topological_order, validate

Schedule = Literal["synchronous", "layerwise"]
Readout = Literal["count", "potential", "first"]
Numbers = Literal["float32", "fixed"]


@dataclass(frozen=True, eq=False, repr=False)
class Network(Constant):
    """Populations and the projections between them, with the code, the schedule and the readout that belong to them.

    `schedule`, with T = `steps` and t = 0 .. T - 1:
      "synchronous": in each step t all populations take step t, one after the other, sources before targets where there is no
      delay (`order`). S(t) is the sum of what its projections bring in step t, plus, of a graded source (a direct input), what
      it brings when held: synapse(x) in each step that is `charged`.
      "layerwise": in the same order each population takes all T steps before the next begins. Its whole input enters in its
      step 0: S(0) = sum over all steps of what arrives of its sources (a direct input: `charge_steps` synapse(x)), and the
      bias is `charge_steps` b. It is added to V and saturated there, once, at the end. In the steps 1 .. T - 1 S and the
      bias are 0; leak, comparison, reset, limits and noise act in all T steps as ever, so a neuron sends in each step what its
      law allows in one: one spike, up to `limit` of a Burst. An Integrator has its answer after step 0.
    `readout`: the raw `logits_over_time` after each step t (layerwise: of the output's own steps), for each output neuron
      "potential": V after step t, after the reset. "count": the sum of all that it sent in the steps 0 .. t, -1 for a negative
      spike, under `PhaseCode` times the weight of the step, of QuantReLU its y. "first": the number of steps s <= t in which the
      neuron had fired, in s or before: t - f + 1 if its first spike came in step f <= t, else 0, so whoever fired first has the
      most, equal times are ties, and one that never fires has 0; of a Ramp the x or the slots that it sends.
      The lowest number wins ties (`Activity.predictions`). Neither `logit_scale` nor `amplitude` is in these numbers.
    `numbers`: "float32", or "fixed": weights, gains, biases, thresholds and potentials are integers, every sum is exact, and
    only U is saturated, once a step. `logit_scale`: logits times this are in the units of the original network's logits.
    `decision`: when a sample may stop early. `run`: a number of steps that must stay, a phase before the run;
    what cannot obey it refuses the network. `heads`: what the output's neurons mean, one head after the other
    (`spikewright.answers.Head`); one that says nothing is a vector of scores of classes. `tail`: a linear map from the numbers
    of the output neurons, times `logit_scale`, to the logits, times `logit_scale`, in real numbers (`spikewright.linear_tails`);
    None: the two are the same. docs/laws.md has an example of three steps.
    Raises InvalidNetwork on construction when the parts contradict each other. Arrays of a network and of its parts are
    read-only copies; change one with `dataclasses.replace`. Networks pickle and copy.
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
    run: Run = field(default_factory=Run)
    heads: tuple[Head, ...] = field(default=(Head(),), metadata={"absent": (Head(),)})
    tail: Tail | None = field(default=None, metadata={"absent": None})

    def __post_init__(self) -> None:
        super().__post_init__()
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
        return topological_order(self)

    def __repr__(self) -> str:
        neurons = sum(population.size for population in self.populations)
        what = f"{len(self.populations)} populations, {neurons:,} neurons, {len(self.projections)} projections"
        return f"Network({what}; {type(self.code).__name__}, {self.steps} steps, {self.schedule}, {self.numbers})"

    def _repr_html_(self) -> str:
        return html_table(repr(self), (self._row(population) for population in self.order))

    def _row(self, population: Population) -> dict[str, Any]:
        """A population in short: its neurons, and what it reads."""
        read = (f"{one.source} ({type(one.synapse).__name__})" for one in self.incoming[population.name])
        return {
            "population": population.name,
            "shape": str(population.shape),
            "neuron": type(population.neuron).__name__,
            "neurons": population.size,
            "reads": ", ".join(read),
        }

    @property
    def classes(self) -> int:
        """Number of logits: of neurons of the output population, or of what the tail makes of them."""
        return self.by_name[self.output].size if self.tail is None else prod(self.tail.shape)

    def with_head(self, kind: Kind | None = None, *, name: str | None = None, **settings: Any) -> "Network":
        """The same network, whose output (of several the one called `name`) means something else: `settings` of a `Head`.

            network.with_head("multilabel", threshold=0.3); network.with_head(ignored=255); network.with_head(axis=2)

        Raises InvalidInput for the name of no output and for what is no setting.
        """
        names = [head.name for head in self.heads]
        name = names[0] if name is None and len(names) == 1 else name
        if name not in names:
            raise InvalidInput(f"expected name= an output out of {', '.join(map(repr, names))}, got {name!r}")
        unknown = settings.keys() - {"axis", "ignored", "threshold", "shape"}
        if unknown:
            raise InvalidInput(f"expected axis, ignored, threshold or shape, got {', '.join(sorted(unknown))}")
        changed = settings | ({} if kind is None else {"kind": kind})
        heads = tuple(replace(head, **changed) if head.name == name else head for head in self.heads)
        return replace(self, heads=heads)

    @property
    def steps(self) -> int:
        """Steps of the code; a time-coded network has one, its windows."""
        return self.code.steps

    def to_fixed(
        self,
        *,
        weight_bits: int = 8,
        potential_bits: int | None = None,
        input_levels: int = 255,
        time_levels: int = 255,
        samples: Any = None,
    ) -> "Network":
        """The same network in integers, with widths declared; see `snn.fixed.convert.to_fixed`.

        Potentials never saturate unless `potential_bits` asks for a width; then the report says where they can, and with
        `samples` (inputs as for `simulate`) what that changes there.
        """
        fixed: Network = _METHODS["to_fixed"](
            self,
            samples,
            weight_bits=weight_bits,
            potential_bits=potential_bits,
            input_levels=input_levels,
            time_levels=time_levels,
        )
        return fixed

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Write one file: safetensors with a versioned JSON header. All or nothing.

        An older network at `path` is replaced, another file only with `force`; else InvalidFile.
        """
        _METHODS["save"](self, path, force=force)

    @staticmethod
    def load(path: str | Path) -> "Network":
        """Read a file that `save` wrote; never runs code. Raises InvalidFile when anything about it is wrong."""
        network: Network = _METHODS["load"](path)
        return network


_METHODS: dict[str, Callable[..., Any]] = {}


def give_methods(**functions: Callable[..., Any]) -> None:
    """Let a Network have `to_fixed`, `save` and `load`: `snn/__init__.py` calls this once.

    These functions are made for networks and import them; the network, which is data, imports none of them.
    """
    _METHODS.update(functions)
