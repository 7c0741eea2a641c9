"""The records of a network in integers, sources first: grids, rounded neurons, and a report row for each."""

from dataclasses import replace
from typing import Any, cast

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.codes import Code
from spikewright.snn.decisions import Decision
from spikewright.snn.fixed.faint import faint_row
from spikewright.snn.fixed.grids import chosen_grid, on_grid, read_incoming
from spikewright.snn.fixed.laws import law_of
from spikewright.snn.fixed.records import Grid, Incoming, integers
from spikewright.snn.fixed.saturation import WIDEST_POTENTIAL, safe_bits
from spikewright.snn.fixed.snapping import snapped_grid
from spikewright.snn.fixed.unreached import within_reach
from spikewright.snn.fixed.widths import Widths
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.report import ReportRow
from spikewright.snn.traits import is_quantised


class FixedRewriter:
    """Makes the fixed-point network of `source` with these widths; see `snn.fixed.convert`."""

    def __init__(self, network: Network, widths: Widths) -> None:
        self.source, self.widths = network, widths
        self.quantised = is_quantised(network)
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
        )
        rows = (
            *self.rows,
            *(faint_row(fixed, p, self.grids[p.name], self.incoming[p.name]) for p in self._faint(fixed)),
        )
        fixed = replace(fixed, report=self.source.report.plus(*rows))
        return replace(fixed, populations=tuple(_proven_width(fixed, p, self.widths) for p in fixed.populations))

    def _code(self, code: Code) -> Code:
        """The code with integers to send."""
        if not code.graded or code.levels is not None:
            return code
        timed, record = code.sends == "times", cast(Any, code)
        levels = self.widths.time_levels if timed else self.widths.input_levels
        slots, numbers = (
            f"spike times onto {levels} slots of the window",
            f"inputs in [0, 1] become integers 0 to {levels}",
        )
        self._note(self.source.input, "Source", slots if timed else numbers)
        coded: Code = replace(record, levels=levels)
        return coded

    def _input_unit(self) -> float:
        """What one integer of the input stands for. A float32 network that has `Direct` levels counts in integers itself."""
        if self.code.sends == "times" or self.code is not self.source.code:
            return 1.0 / (self.code.levels or 1)
        return 1.0

    def _population(self, population: Population) -> Population:
        if population.name == self.source.input:
            return population
        if population.neuron.compares:
            self.units[population.name] = self._unit_of_gate(population)
            return self._in_units(population)
        if population.neuron.sends == "times" and population.neuron.levels is None:
            population = replace(
                population, neuron=replace(cast(Any, population.neuron), levels=self.widths.time_levels)
            )
        grid = self._place(population)
        self.grids[population.name] = grid
        told = ""
        if self.quantised:
            coded = replace(self.source, code=self.code)
            population, told = within_reach(coded, population, grid, self.incoming[population.name])
        return self._rounded(population, grid, told)

    def _place(self, population: Population) -> Grid:
        """The grid of a population, with its projections brought onto it."""
        answers = population.name == self.source.output and self.source.readout == "potential"
        uniform = answers or population.neuron.sends in ("nothing", "times")
        incoming = self.source.incoming[population.name]
        bits = self.widths
        # Sources that come later send along delays: spikes, whose unit is one.
        read = [read_incoming(q, self.units.get(q.source, 1.0), bits.weight_bits, uniform) for q in incoming]
        if self.quantised:
            grid = snapped_grid(population, read, bits.start_bits, uniform)
        else:
            asked = bits.potential_bits is not None
            room = law_of(population.neuron).room(self.source, population.neuron, asked)
            grid = chosen_grid(population, read, bits.start_bits, room, uniform, bits.widest)
        placed = tuple(on_grid(one, grid) for one in read)
        self.incoming[population.name] = placed
        self.rows += [row for one in (*read, *placed) for row in one.rows]
        return grid

    def _faint(self, fixed: Network) -> list[Population]:
        return [p for p in fixed.populations if p.name in self.grids and self.grids[p.name].faint is not None]

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
        return self.units[self.source.output] if self.code.sends == "times" else 1.0

    def _decision(self, unit: float) -> Decision | None:
        """An early decision that compares logits, in their new unit."""
        decision = self.source.decision
        if decision is None or decision.height is None or unit == 1.0:
            return decision
        after = max(1.0, float(np.floor(decision.height / unit + 0.5)))
        told = f"{decision.height:g} becomes {after:.0f} units of the potential"
        self._note(self.source.output, type(decision).__name__, told)
        return decision.at(after)

    def _rounded(self, population: Population, grid: Grid, told: str) -> Population:
        """Threshold or window, bias and initial potential on the grid; `told`: what else was changed."""
        bias = integers(population.bias, grid.like(population.bias, population.shape))
        initial = integers(population.initial, grid.unit)
        law = law_of(population.neuron)
        neuron, cost = law.rounded(population, grid)
        self.units[population.name] = law.unit_sent(neuron, grid)
        proved = grid.snapped or self.widths.potential_bits is None
        width = "potential as wide as proved" if proved else f"potential {grid.bits} bits"
        detail = f"{width}, {grid.shift} fractional{cost}{told}"
        if grid.bits > self.widths.start_bits and self.widths.potential_bits is not None:
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
    if population.neuron.has_threshold or population.neuron.potential == "none":
        return population
    bits = max(widths.start_bits, safe_bits(network, population))
    if bits > WIDEST_POTENTIAL:
        raise InvalidNetwork(f"expected sums of population {population.name!r} below 2**61; try fewer bits or steps")
    return replace(population, potential_bits=bits)
