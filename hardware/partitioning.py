"""The verb: `partition(network, activity, point) -> Partition`, a core cut into consecutive layers on several FPGAs of a kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from spikewright import InvalidInput, Table
from spikewright.hardware.circuit.lane_room import room_of
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.design_points import DesignPoint, check_point, layers_of
from spikewright.hardware.devices import Device
from spikewright.hardware.estimate_rows import LayerEstimate
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.interval import Interval, total
from spikewright.hardware.model.latency import LayerCycles, pipeline_latency
from spikewright.markup import digits
from spikewright.snn import Activity, Network


@dataclass(frozen=True)
class BoardLink:
    """What joins one FPGA to the next: megabits a second, microseconds until a word is there, bits of a word, which is an event
    or the end of a step. Raises InvalidInput for a link that moves nothing."""

    mbit_per_s: float = 1000.0
    latency_us: float = 1.0
    word_bits: int = 32

    def __post_init__(self) -> None:
        if not (self.mbit_per_s > 0 and self.latency_us >= 0 and self.word_bits >= 1):
            raise InvalidInput(f"expected a link with a bandwidth and words of bits, got {self}; try BoardLink(1000.0)")


@dataclass(frozen=True)
class FpgaShare:
    """The layers on one FPGA, and the words that cross from it to the next one in an inference."""

    layers: tuple[LayerEstimate, ...]
    crossing_words: float


@dataclass(frozen=True, repr=False)
class Partition:
    """The fewest FPGAs of the point's device that hold all layers in their order, and of such cuts the one that the fewest words
    cross. `latency_cycles`: with the links, each a stage of the pipeline; their own logic is not counted."""

    estimate: Estimate
    link: BoardLink
    parts: tuple[FpgaShare, ...]
    latency_cycles: Interval

    def __repr__(self) -> str:
        cut = " | ".join(row["layers"] for row in self.table)
        return f"Partition({len(self.parts)} x {self.estimate.device.name}: {cut}; {digits(self.latency_cycles.value)} cycles)"

    @property
    def table(self) -> Table:
        """A row for each FPGA: its layers, what they take of it, and what leaves it to the next."""
        device, mhz = self.estimate.device, self.estimate.point.clock_mhz
        return Table.of(
            {
                "fpga": number + 1,
                "layers": ", ".join(layer.design.population for layer in part.layers),
                **total(layer.area.lut for layer in part.layers).columns("lut"),
                "lut_share": total(layer.area.lut for layer in part.layers).value / device.lut,
                "blocks": sum(layer.area.blocks for layer in part.layers),
                "dsp": sum(layer.area.dsp for layer in part.layers),
                "crossing_words": part.crossing_words,
                "link_us": link_cycles(self.link, part.crossing_words, mhz).total.value / mhz,
            }
            for number, part in enumerate(self.parts)
        )


def partition(network: Network, activity: Activity, point: DesignPoint, link: BoardLink | None = None) -> Partition:
    """Cut a design that is too large for its device into parts that fit, by their middle estimates, at the mean of `activity`.

    Raises InvalidInput for a layer that is too large alone, with by how much and how many lanes would fit, and for a design that
    is loaded at run time.
    """
    check_point(network, point)
    if point.loads:
        raise InvalidInput("expected a design that is not loaded at run time, got loads=True; try loads=False")
    link, estimator = link or BoardLink(), Estimator(network, activity)
    one = estimator.at(point)
    names = [layer.design.population for layer in one.layers]
    words = [crossing(network, activity, names, cut) for cut in range(len(names) + 1)]
    ends = fewest_parts(one.layers, words, point.fpga)
    if ends is None:
        raise InvalidInput(_too_large(estimator, one))
    cuts = [0, *ends]
    parts = tuple(
        FpgaShare(one.layers[first:last], 0.0 if last == len(names) else words[last]) for first, last in pairwise(cuts)
    )
    links = [link_cycles(link, part.crossing_words, point.clock_mhz) for part in parts[:-1]]
    cycles = pipeline_latency(network, [*(layer.cycles for layer in one.layers), *links])
    return Partition(one, link, parts, cycles)


def fewest_parts(layers: Sequence[LayerEstimate], words: Sequence[float], device: Device) -> list[int] | None:
    """Where the parts end, each behind its last layer; None where a layer does not fit alone. `words`: across each cut.

    For each number of first layers the best cuts are kept, the fewest parts, then the fewest words: both are sums over cuts.
    """
    best: list[tuple[int, float, list[int]] | None] = [(0, 0.0, [])]
    for last in range(1, len(layers) + 1):
        found = [
            (before[0] + 1, before[1] + (words[first] if first else 0.0), [*before[2], last])
            for first in range(last)
            if (before := best[first]) is not None and not lacking(layers[first:last], device)
        ]
        best.append(min(found, default=None))
    whole = best[-1]
    return None if whole is None else whole[2]


def crossing(network: Network, activity: Activity, names: Sequence[str], cut: int) -> float:
    """Words an inference across a cut in front of layer number `cut`: of each population that is read on the other side its
    events and the ends of its steps, once."""
    behind = set(names[cut:])
    crossed = {q.source for q in network.projections if (q.source in behind) != (q.target in behind)}
    return sum(float(activity.spikes[name].mean()) + network.steps for name in crossed)


def link_cycles(link: BoardLink, words: float, clock_mhz: float) -> LayerCycles:
    """What a link adds to the pipeline, in cycles of the core."""
    moved = words * link.word_bits / link.mbit_per_s * clock_mhz
    return LayerCycles(Interval.exact(link.latency_us * clock_mhz if words else 0.0), Interval.exact(moved))


def lacking(layers: Sequence[LayerEstimate], device: Device) -> tuple[str, ...]:
    """What layers need more of than a device has, in words."""
    lut, ff = (sum(getattr(layer.area, what).value for layer in layers) for what in ("lut", "ff"))
    blocks, dsp = (sum(getattr(layer.area, what) for layer in layers) for what in ("blocks", "dsp"))
    return device.lacks(lut=lut, ff=ff, blocks=blocks, dsp=dsp)


def _too_large(estimator: Estimator, one: Estimate) -> str:
    device = one.device
    layer = next(layer for layer in one.layers if lacking([layer], device))
    name, told = layer.design.population, " and ".join(lacking([layer], device))
    most = _most_channels(estimator, device)
    if most:
        way = f"at most {most} channel lanes in each layer (--lanes {most}), with which each fits"
    else:
        way = "hardware.stream_weights, fewer weight bits or a larger device"
    return f"expected layers that fit {device.name} one by one, got {name!r} with {told}; try {way}"


def _most_channels(estimator: Estimator, device: Device) -> int:
    """The most channel lanes, at one position, with which every layer fits alone, as a power of two; 0 where there are none."""
    channels = {p.name: room_of(estimator.network, p)[0] for p in layers_of(estimator.network)}
    for lanes in (1 << power for power in reversed(range(max(channels.values()).bit_length()))):
        chosen = {name: PhysicalLanes(min(lanes, most)) for name, most in channels.items()}
        if all(_fits_alone(estimator, name, one, device) for name, one in chosen.items()):
            return lanes
    return 0


def _fits_alone(estimator: Estimator, name: str, lanes: PhysicalLanes, device: Device) -> bool:
    area, _ = estimator.part(LayerDesign(name, lanes), device, False)
    return not device.lacks(lut=area.lut.value, ff=area.ff.value, blocks=area.blocks, dsp=area.dsp)
