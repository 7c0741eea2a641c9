"""From float32 to fixed point: integers, widths that are declared, and a row in the report for everything that was rounded.

One unit of a population's potential is its grid `g (channels,)`, in the units of the float32 network. Integer weights q
with scale s and a source whose unit is u keep their integers: g = s u / 2**k, the shift k giving thresholds and biases
their fractional bits. Whatever else enters the population is rounded onto that grid.
"""

from dataclasses import dataclass, replace

import numpy as np

from snn.codes import Direct, Ttfs
from snn.gridding import Grid, Incoming, chosen_grid, on_grid, read_incoming
from snn.network import Network, Population
from snn.neurons import SPIKING, Integrator, QuantReLU, Source
from snn.proof import population_bound
from snn.report import ReportRow
from spikewright import InvalidInput, InvalidNetwork

MULTIPLIER_BITS = 24
WIDEST = 32


@dataclass(frozen=True)
class Widths:
    """`weight_bits` for weights that are not integers yet, `potential_bits` to start from, `input_levels` of a direct input."""

    weight_bits: int = 8
    potential_bits: int = 16
    input_levels: int = 255

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("weight_bits", self.weight_bits, 2, 16),
            ("potential_bits", self.potential_bits, 4, WIDEST),
            ("input_levels", self.input_levels, 1, 65535),
        ):
            if not low <= value <= high:
                raise InvalidInput(f"expected {name} from {low} to {high}, got {value}")


def to_fixed(network: Network, widths: Widths) -> Network:
    """The network in integers.

    Integer weights stay as they are; others get `weight_bits` with a scale for each output channel. A population whose thresholds
    need more than `potential_bits` gets what it needs, up to 32, and the report says so; an Integrator is wide enough by proof.
    Raises InvalidNetwork for time codes, for a network in fixed point already, and where 32 bits are not enough.
    """
    if network.numbers == "fixed":
        raise InvalidNetwork("expected a float32 network, got one in fixed point already")
    if isinstance(network.code, Ttfs):
        raise InvalidNetwork("expected a rate-coded or quantised network; exact spike times are real numbers, try Rate")
    return _Rewriter(network, widths).network()


class _Rewriter:
    def __init__(self, network: Network, widths: Widths) -> None:
        self.source, self.widths = network, widths
        self.code, self.input_unit = network.code, 1.0
        if isinstance(network.code, Direct) and network.code.levels is None:
            self.code = replace(network.code, levels=widths.input_levels)
            self.input_unit = 1.0 / widths.input_levels
        self.rows: list[ReportRow] = []
        self.grids: dict[str, Grid] = {}
        self.incoming: dict[str, tuple[Incoming, ...]] = {}

    def network(self) -> Network:
        """Populations one by one, then widths by proof."""
        if self.code is not self.source.code:
            self._note(self.source.input, "Source", f"inputs in [0, 1] become integers 0 to {self.widths.input_levels}")
        populations = {p.name: self._population(p) for p in self.source.populations}
        projections = {i.projection.name: i.projection for into in self.incoming.values() for i in into}
        fixed = replace(
            self.source,
            populations=tuple(populations.values()),
            projections=tuple(projections[q.name] for q in self.source.projections),
            code=self.code,
            numbers="fixed",
            logit_scale=self.source.logit_scale * self._unit_of_logits(),
            report=self.source.report.plus(*self.rows),
        )
        return replace(fixed, populations=tuple(_proven_width(fixed, p, self.widths) for p in fixed.populations))

    def _population(self, population: Population) -> Population:
        if isinstance(population.neuron, Source):
            return population
        incoming = self.source.incoming[population.name]
        uniform = isinstance(population.neuron, Integrator)
        read = [read_incoming(q, self._unit(q.source), self.widths.weight_bits, uniform) for q in incoming]
        for row in (r for one in read for r in one.rows):
            self.rows.append(row)
        grid = chosen_grid(population, read, self.widths.potential_bits, self.source.steps)
        self.grids[population.name] = grid
        placed = tuple(on_grid(one, grid) for one in read)
        self.incoming[population.name] = placed
        for row in (r for one in placed for r in one.rows):
            self.rows.append(row)
        return self._rounded(population, grid)

    def _unit_of_logits(self) -> float:
        """Potentials are in units of the output's grid; counts are counts."""
        return float(self.grids[self.source.output].unit.max()) if self.source.readout == "potential" else 1.0

    def _unit(self, source: str) -> float:
        return self.input_unit if source == self.source.input else 1.0

    def _rounded(self, population: Population, grid: Grid) -> Population:
        """Threshold, bias and initial potential on the grid."""
        neuron, channels = population.neuron, grid.unit
        bias = _integers(population.bias, grid.like(population.bias, population.shape))
        initial = _integers(population.initial, channels)
        detail = f"potential {grid.bits} bits, {grid.shift} fractional"
        if isinstance(neuron, SPIKING):
            threshold = _integers(neuron.threshold, channels)
            if np.any(threshold < 1):
                raise InvalidNetwork(
                    f"a threshold of population {population.name!r} is below one unit; try more weight_bits"
                )
            error = np.max(np.abs(threshold * channels / np.asarray(neuron.threshold) - 1.0))
            detail += f"; thresholds {threshold.min()} to {threshold.max()}, rounded by at most {error:.2%}"
            neuron = replace(neuron, threshold=threshold)
        if isinstance(neuron, QuantReLU):
            neuron, error = _requantiser(neuron, channels)
            detail += f"; multipliers rounded by at most {error:.1e}"
        if grid.bits > self.widths.potential_bits:
            detail += f" (more than the {self.widths.potential_bits} bits asked for: the thresholds need them)"
        self._note(population.name, type(neuron).__name__, detail)
        return replace(population, neuron=neuron, bias=bias, initial=initial, potential_bits=grid.bits)

    def _note(self, layer: str, kind: str, detail: str) -> None:
        self.rows.append(ReportRow(layer, kind, "rounded", detail))


def _integers(value: object, unit: np.ndarray) -> np.ndarray:
    """floor(value / unit + 1/2) as int64."""
    whole: np.ndarray = np.floor(np.asarray(value, dtype=np.float64) / unit + 0.5).astype(np.int64)
    return whole


def _requantiser(neuron: QuantReLU, unit: np.ndarray) -> tuple[QuantReLU, float]:
    """Integer multipliers of at most 24 bits: m unit ~ multiplier / 2**shift."""
    real = np.asarray(neuron.multiplier, dtype=np.float64) * unit / 2.0**neuron.shift
    shift = int(np.clip(MULTIPLIER_BITS - 1 - np.ceil(np.log2(real.max())), 0, 40))
    multiplier = np.floor(real * 2.0**shift + 0.5).astype(np.int64)
    if np.any(multiplier < 1) or multiplier.max() >= 2**MULTIPLIER_BITS:
        raise InvalidNetwork(
            "expected multipliers that 24 bits can hold; the channels of a layer differ too much in scale"
        )
    error = float(np.max(np.abs(multiplier / 2.0**shift / real - 1.0)))
    return QuantReLU(multiplier, shift, neuron.levels), error


def _proven_width(network: Network, population: Population, widths: Widths) -> Population:
    """Populations without a threshold must never saturate: their width is proved from weights, fan-in and steps."""
    if not isinstance(population.neuron, Integrator | QuantReLU):
        return population
    steps = 1 if network.schedule == "layerwise" else network.steps
    bound = population_bound(network, population) * steps + int(np.max(np.abs(np.asarray(population.initial))))
    bits = max(widths.potential_bits, bound.bit_length() + 1)
    if bits > 63:
        raise InvalidNetwork(f"expected sums of population {population.name!r} below 2**62; try fewer bits or steps")
    return replace(population, potential_bits=bits)
