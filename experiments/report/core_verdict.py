"""What the exported core loses and wins against the integer CNN, at no more area."""

from collections.abc import Iterator, Mapping
from typing import Any

from spikewright import Table
from spikewright.experiments.plots.style import percent
from spikewright.experiments.report.standings import Standing, accuracies, bounded, cheapest_designs
from spikewright.experiments.report.wording import NARROW, amount, times

INTEGER = "integer CNN"
MEASURES = {
    "fpga_energy_uj": ("energy", "µJ"),
    "latency_us": ("latency", "µs"),
    "lut": ("area", "LUT"),
    "dsp": ("multipliers", "DSP"),
    "bram36": ("memory blocks", "BRAM36"),
}


def core_finding(hardware: Table, accuracy: Table) -> Iterator[tuple[str, str]]:
    """The core beside the integer CNN's design of least energy that is no larger, or its smallest design."""
    core = next((row for row in hardware if row["chosen"]), None)
    if core is None:
        return
    other = _opponent(hardware, accuracy, core["lut"])
    topic = f"Exported core: {core['network']}"
    told = f"On {core['device']}, with {core['physical_neurons']} physical neurons in its layers: the best that spikes."
    if core["network"] in _integers(accuracy) or other is None:
        yield topic, f"{told} The study has no design of an integer CNN beside it to compare it with."
        return
    fits = "its design of least energy that is no larger" if other["lut"] <= core["lut"] else "its smallest design"
    yield (
        topic,
        f"{told} Beside it stands {other['network']}, an integer CNN ({fits})." + _accuracy(core, other, accuracy),
    )
    yield from _sides(core, other)


def _integers(accuracy: Table) -> set[str]:
    return {row["network"] for row in accuracy if row["kind"] == INTEGER}


def _opponent(hardware: Table, accuracy: Table, lut: float) -> dict[str, Any] | None:
    names = _integers(accuracy)
    designs = [row for name, row in cheapest_designs(hardware, lut).items() if name in names]
    if designs:
        return min(designs, key=lambda row: float(row["fpga_energy_uj"]))
    fitting = [row for row in hardware if row["network"] in names and row["fits"]]
    return min(fitting, key=lambda row: float(row["lut"]), default=None)


def _sides(core: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    sides: dict[str, list[str]] = {"The core wins": [], "The core loses": [], "The two are level": []}
    for value, (title, unit) in MEASURES.items():
        mine, its = bounded(core, value), bounded(other, value)
        order = (mine.value == its.value) * 2 + (mine.value > its.value)
        sides[list(sides)[order]].append(_measure(title, unit, mine, its))
    yield from ((f"{side} in", f"{'; '.join(parts)}.") for side, parts in sides.items() if parts)


def _measure(title: str, unit: str, mine: Standing, its: Standing) -> str:
    if mine.value == its.value:
        return f"{title}, {amount(mine.value)}{NARROW}{unit} each"
    small, large = sorted((mine.value, its.value))
    ratio = f" ({times(large / small)})" if small > 0 else ""
    sure = "" if mine.low == mine.high else ", bounds overlap" if mine.level_with(its) else ", bounds apart"
    return f"{title}, {amount(mine.value)} against {amount(its.value)}{NARROW}{unit}{ratio}{sure}"


def _accuracy(core: Mapping[str, Any], other: Mapping[str, Any], accuracy: Table) -> str:
    found = {one.name: one for one in accuracies(accuracy)}
    if not {core["network"], other["network"]} <= set(found):
        return ""
    mine, its = found[core["network"]], found[other["network"]]
    how = "intervals overlap" if mine.level_with(its) else "intervals apart"
    return f" Accuracy: {percent(mine.value)} against {percent(its.value)}, {how}."
