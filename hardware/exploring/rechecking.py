"""The verb: `recheck(exploration) -> Table`, its front by the simulator, and what survives by synthesis, beside the estimates."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from spikewright import InvalidInput, Progress, Table
from spikewright.hardware.behaviour.mac_cycles import mac_times
from spikewright.hardware.behaviour.simulating import behave, behaviour_of, rasters_of_activity
from spikewright.hardware.circuit.record import Circuit, Ends
from spikewright.hardware.circuit.top import build
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.exploration import Exploration
from spikewright.hardware.model.interval import Interval
from spikewright.hardware.placement import PlacingRule
from spikewright.hardware.synthesis.yosys import synthesise
from spikewright.progress import shown, watched
from spikewright.snn import Activity, Network

MAC_IMAGES = 4
"""Images that follow each other until the pace of a MAC core is steady: its buffers hold two."""
MAC_ANSWER = 5
"""Cycles from the last token of a MAC core until its class is found, both included, beside one for each logit."""


@watched
def recheck(
    found: Exploration,
    points: Sequence[int] | None = None,
    *,
    synthesised: Sequence[int] = (),
    progress: Progress = shown,
) -> Table:
    """A row for each of the `points` of `found`, those of its front where none are given, and for those `synthesised`.

    `behaved_latency_cycles`: what the simulator of the circuit counts, the mean over the samples of the activity, each by itself;
    `behaved_interval_cycles`: between answers when they follow each other. `synthesised_...`: what Yosys makes of the circuit,
    its modules kept, and not the loader. `..._inside`: whether that lies between the bounds of the estimate, memory blocks within
    one of it.
    Activities must have been recorded with rasters, but for quantised networks, whose cycles no image changes. Raises
    InvalidInput for others and for points that are not there, SpikewrightError without Yosys.
    """
    if not isinstance(found, Exploration):
        raise InvalidInput(f"expected an Exploration, got {type(found).__name__}; try explore([(network, activity)])")
    chosen = [row["point"] for row in found.pareto()] if points is None else points
    chosen = list(dict.fromkeys([*chosen, *synthesised]))
    table, rows = list(found.table), []
    for place, number in enumerate(chosen):
        if not 0 <= number < len(table):
            raise InvalidInput(f"expected points from 0 to {len(table) - 1}, got {number}; try those of pareto()")
        row, one = table[number], found.estimates[number]
        network, activity = found.networks[row["candidate"]], found.activities[row["candidate"]]
        told = {name: row[name] for name in ("point", "candidate", "device", "clock_mhz", "physical_neurons")}
        made = _synthesised(network, one) if number in synthesised else {}
        rows.append({**told, **_behaved(network, activity, one), **made})
        progress("recheck", place + 1, len(chosen))
    return Table.of(rows)


def spread_evenly(points: Iterable[int], count: int) -> list[int]:
    """So many of the points, the first and the last among them."""
    every = list(points)
    if count >= len(every):
        return every
    return [every[round(place * (len(every) - 1) / max(count - 1, 1))] for place in range(count)]


def _behaved(network: Network, activity: Activity, one: Estimate) -> dict[str, Any]:
    latency, interval = cycles_of(network, one.point, activity)
    return {
        **one.latency_cycles.columns("latency_cycles"),
        "behaved_latency_cycles": latency,
        "latency_inside": one.latency_cycles.low <= latency <= one.latency_cycles.high,
        "interval_cycles": one.interval_cycles,
        "behaved_interval_cycles": interval,
    }


def cycles_of(network: Network, point: DesignPoint, activity: Activity) -> tuple[float, float]:
    """Cycles of an inference by itself, the mean over samples, and between two answers, as the simulators count them."""
    lanes = {layer.population: layer.lanes for layer in point.layers}
    circuit = Circuit(network, lanes, Path())
    if circuit.quantised:
        tokens = mac_times(circuit, MAC_IMAGES)[network.output][:, -1]
        return float(tokens[0] + network.classes + MAC_ANSWER), float(tokens[-1] - tokens[-2])
    together = behaviour_of(network, lanes, activity)
    rasters = rasters_of_activity(circuit, activity)
    alone = [
        behave(circuit, {name: one[:, [place]] for name, one in rasters.items()}, steps)
        for place, steps in enumerate(np.asarray(activity.decision_step).reshape(-1, 1))
    ]
    return float(np.mean([one.latency[0] for one in alone])), together.interval


def _synthesised(network: Network, one: Estimate) -> dict[str, Any]:
    rule, one = PlacingRule.of(one.device), replace(one, loader=None)  # which stands outside of what is synthesised
    with TemporaryDirectory(prefix="spikewright-") as name:
        folder = Path(name) / "circuit"
        lanes = {layer.population: layer.lanes for layer in one.point.layers}
        build(network, lanes, folder, rule=rule, ends=Ends(loads=one.point.loads))
        made = synthesise(folder, one.device.family, contents=False).whole
    counted = (("lut", one.lut, made.lut, 0), ("ff", one.ff, made.ff, 0))
    exact = (("blocks", one.blocks, made.small_blocks, 1), ("dsp", one.dsp, made.dsp, 0))
    return {
        **{key: value for told in counted for key, value in _beside(*told).items()},
        **{key: value for n, v, m, off in exact for key, value in _beside(n, Interval.exact(v), m, off).items()},
    }


def _beside(name: str, estimated: Interval, made: int, off: int) -> dict[str, Any]:
    inside = estimated.low - off <= made <= estimated.high + off
    return {**estimated.columns(name), f"synthesised_{name}": made, f"{name}_inside": inside}
