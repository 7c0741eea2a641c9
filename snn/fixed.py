"""From float32 to fixed point: integers, widths that are declared, and a row in the report for everything that was rounded.

One unit of a population's potential is its grid `g (channels,)`, in the units of the float32 network. Integer weights q
with scale s and a source whose unit is u keep their integers: g = s u / 2**k, the shift k giving thresholds and biases
their fractional bits. Whatever else enters the population is rounded onto that grid. A spike is one unit; in time codes one
slot of the source's window is, d g with d units in a slot. A quantised CNN is snapped: see `snn.snapping`.
"""

from dataclasses import dataclass, replace

import numpy as np

from snn.codes import Code, Direct, Phase, Ttfs
from snn.decisions import Decision, TerminateDelta, TerminateMax
from snn.gridding import WIDEST, Grid, Incoming, chosen_grid, on_grid, read_incoming
from snn.network import Network, Population
from snn.neurons import Integrator, MaxGate, QuantReLU, Ramp, Source
from snn.proof import population_bound
from snn.report import ReportRow
from snn.rounding import integers, on_the_grid
from snn.snapping import snapped_grid
from spikewright import InvalidInput, InvalidNetwork


@dataclass(frozen=True)
class Widths:
    """Widths and grids of a fixed-point network.

    `weight_bits` for weights that are not integers yet, `potential_bits` to start from, `input_levels` of a direct input,
    `time_levels` of spike times that lie on no grid yet.
    """

    weight_bits: int = 8
    potential_bits: int = 16
    input_levels: int = 255
    time_levels: int = 255

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("weight_bits", self.weight_bits, 2, 16),
            ("potential_bits", self.potential_bits, 4, WIDEST),
            ("input_levels", self.input_levels, 1, 65535),
            ("time_levels", self.time_levels, 1, 65535),
        ):
            if not low <= value <= high:
                raise InvalidInput(f"expected {name} from {low} to {high}, got {value}")


def to_fixed(network: Network, widths: Widths) -> Network:
    """The network in integers.

    Integer weights stay as they are; others get `weight_bits` with a scale for each output channel, or one for the layer
    where potentials of all channels are compared (answers, windows of time codes). A population whose thresholds or window
    need more than `potential_bits` gets what it needs, up to 32, and the report says so; an Integrator is wide enough by proof.
    Raises InvalidNetwork for a network in fixed point already, and where 32 bits are not enough.
    """
    if network.numbers == "fixed":
        raise InvalidNetwork("expected a float32 network, got one in fixed point already")
    return _Rewriter(network, widths).network()


class _Rewriter:
    def __init__(self, network: Network, widths: Widths) -> None:
        self.source, self.widths = network, widths
        self.quantised = any(isinstance(p.neuron, QuantReLU) for p in network.populations)
        self.rows: list[ReportRow] = []
        self.code = self._code(network.code)
        self.units = {network.input: self._input_unit()}
        self.grids: dict[str, Grid] = {}
        self.incoming: dict[str, tuple[Incoming, ...]] = {}

    def network(self) -> Network:
        """Populations one by one, sources first, then widths by proof."""
        done = {p.name: self._population(p) for p in self.source.order}
        projections = {i.projection.name: i.projection for into in self.incoming.values() for i in into}
        unit = self._unit_of_logits()
        fixed = replace(
            self.source,
            populations=tuple(done[p.name] for p in self.source.populations),
            projections=tuple(projections.get(q.name, q) for q in self.source.projections),
            code=self.code,
            numbers="fixed",
            decision=self._decision(unit),
            logit_scale=self.source.logit_scale * unit,
            report=self.source.report.plus(*self.rows),
        )
        return replace(fixed, populations=tuple(_proven_width(fixed, p, self.widths) for p in fixed.populations))

    def _code(self, code: Code) -> Code:
        """The code with integers to send."""
        if isinstance(code, Direct) and code.levels is None:
            self._note(self.source.input, "Source", f"inputs in [0, 1] become integers 0 to {self.widths.input_levels}")
            return replace(code, levels=self.widths.input_levels)
        if isinstance(code, Ttfs) and code.levels is None:
            self._note(self.source.input, "Source", f"spike times onto {self.widths.time_levels} slots of the window")
            return replace(code, levels=self.widths.time_levels)
        return code

    def _input_unit(self) -> float:
        """What one integer of the input stands for. A float32 network that has `Direct` levels counts in integers itself."""
        if isinstance(self.code, Ttfs) or (isinstance(self.code, Direct) and self.code is not self.source.code):
            return 1.0 / (self.code.levels or 1)
        return 1.0

    def _population(self, population: Population) -> Population:
        if isinstance(population.neuron, Source):
            return population
        if isinstance(population.neuron, MaxGate):
            self.units[population.name] = self._unit_of_gate(population)
            return self._in_units(population)
        if isinstance(population.neuron, Ramp):
            levels = population.neuron.levels or self.widths.time_levels
            population = replace(population, neuron=replace(population.neuron, levels=levels))
        grid = self._place(population)
        self.grids[population.name] = grid
        return self._rounded(population, grid)

    def _place(self, population: Population) -> Grid:
        """The grid of a population, with its projections brought onto it."""
        answers = population.name == self.source.output and self.source.readout == "potential"
        uniform = answers or isinstance(population.neuron, Integrator | Ramp)
        incoming = self.source.incoming[population.name]
        bits = self.widths
        # Sources that come later send along delays: spikes, whose unit is one.
        read = [read_incoming(q, self.units.get(q.source, 1.0), bits.weight_bits, uniform) for q in incoming]
        if self.quantised:
            grid = snapped_grid(population, read, bits.potential_bits, uniform)
        else:
            grid = chosen_grid(population, read, bits.potential_bits, self.code, uniform)
        placed = tuple(on_grid(one, grid) for one in read)
        self.incoming[population.name] = placed
        self.rows += [row for one in (*read, *placed) for row in one.rows]
        return grid

    def _unit_of_gate(self, gate: Population) -> float:
        """The unit that all sources of a MaxGate share: it compares what they send as it is."""
        units = {q.source: self.units.get(q.source, 1.0) for q in self.source.incoming[gate.name]}
        if not np.allclose(list(units.values()), next(iter(units.values())), rtol=1e-9, atol=0.0):
            told = ", ".join(f"{name!r} {unit:.4g}" for name, unit in units.items())
            raise InvalidNetwork(
                f"expected sources of the MaxGate {gate.name!r} that send in one unit, got {told}; try one window for all"
            )
        return next(iter(units.values()))

    def _unit_of_logits(self) -> float:
        """Potentials are in units of the output's grid, spike times in slots; counts are counts."""
        if self.source.readout == "potential":
            return float(self.grids[self.source.output].unit[0])
        return self.units[self.source.output] if isinstance(self.code, Ttfs) else 1.0

    def _decision(self, unit: float) -> Decision | None:
        """An early decision that compares logits, in their new unit."""
        decision = self.source.decision
        if unit == 1.0 or not isinstance(decision, TerminateDelta | TerminateMax):
            return decision
        before = decision.lead if isinstance(decision, TerminateDelta) else decision.count
        after = max(1.0, float(np.floor(before / unit + 0.5)))
        kind = type(decision)
        self._note(self.source.output, kind.__name__, f"{before:g} becomes {after:.0f} units of the potential")
        return kind(after)

    def _rounded(self, population: Population, grid: Grid) -> Population:
        """Threshold or window, bias and initial potential on the grid."""
        bias = integers(population.bias, grid.like(population.bias, population.shape))
        initial = integers(population.initial, grid.unit)
        neuron, cost = on_the_grid(population, grid)
        if isinstance(neuron, Ramp):
            self.units[population.name] = neuron.window / (neuron.levels or 1) * float(grid.unit[0])
        width = "potential as wide as proved" if grid.snapped else f"potential {grid.bits} bits"
        detail = f"{width}, {grid.shift} fractional{cost}"
        if grid.bits > self.widths.potential_bits:
            detail += f" (more than the {self.widths.potential_bits} bits asked for: the thresholds need them)"
        self._note(population.name, type(neuron).__name__, detail)
        fixed = replace(population, neuron=neuron, bias=bias, initial=initial, potential_bits=grid.bits)
        return self._in_units(fixed)

    def _in_units(self, population: Population) -> Population:
        """The amplitude of what is sent now: slots of a window instead of values; a spike stays a spike."""
        if population.amplitude is None:
            return population
        unit = self.units.get(population.name, 1.0)
        return replace(population, amplitude=np.asarray(population.amplitude, dtype=np.float64) * unit)

    def _note(self, layer: str, kind: str, detail: str) -> None:
        self.rows.append(ReportRow(layer, kind, "rounded", detail))


def _proven_width(network: Network, population: Population, widths: Widths) -> Population:
    """Populations without a threshold must never saturate: their width is proved from weights, fan-in and steps."""
    if not isinstance(population.neuron, Integrator | QuantReLU):
        return population
    bound = population_bound(network, population) * _heaviest_steps(network)
    bound += int(np.max(np.abs(np.asarray(population.initial))))
    bits = max(widths.potential_bits, bound.bit_length() + 1)
    if bits > 63:
        raise InvalidNetwork(f"expected sums of population {population.name!r} below 2**62; try fewer bits or steps")
    return replace(population, potential_bits=bits)


def _heaviest_steps(network: Network) -> int:
    """How many of the heaviest steps weigh at least as much as the run; the layerwise bound holds all of it already."""
    if network.schedule == "layerwise":
        return 1
    # The weights of a period, 2**(period - 1) + ... + 1, are less than two of its first step.
    return 2 * network.code.periods if isinstance(network.code, Phase) else network.steps
