"""`replay`: the golden inputs of a core through the engine, compared with its golden traces."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import InvalidFile, SpikewrightError
from spikewright.hardware.core.golden import (
    camera_events,
    golden_activity,
    golden_logits,
    golden_potentials,
    golden_rasters,
    senders,
    sends_numbers,
    trace_line,
    unscaled,
)
from spikewright.hardware.core.hexfiles import read_checked, read_memory
from spikewright.hardware.core.load import load_core
from spikewright.hardware.devices import Device
from spikewright.progress import watched
from spikewright.snn import Activity, AddressEvents, Network
from spikewright.snn.streams import input_shape

if TYPE_CHECKING:
    from spikewright.hardware.core.schema import Core

MAX_TRACE = 2**31


@dataclass(frozen=True)
class Replay:
    """What a replay of the golden inputs found.

    `equal`: every spike of every population in every step, and the logits, are as exported. `differences`: one sentence
    for each population that is not, with its first sample and step. `events`: how many were compared.
    """

    equal: bool
    samples: int
    populations: int
    events: int
    differences: tuple[str, ...] = ()


@watched
def replay(folder: str | Path, *, engine: str | None = None, device: Device | str | Path | None = None) -> Replay:
    """Run the golden inputs of a core through the fixed-point engine and compare with its traces, bit for bit.

    `engine` as in `snn.simulate`, `device` as in `load_core`. Raises InvalidFile for a broken core; a difference is a
    result, not an error.
    """
    folder = Path(folder)
    whole, network = load_core(folder, device=device)
    golden = whole.golden
    largest = golden.samples * network.steps * max(p.size for p in network.populations)
    if largest > MAX_TRACE:
        raise InvalidFile(f"expected golden traces of at most {MAX_TRACE} places, got {largest}")
    images = _inputs(folder, whole, network)
    try:
        activity = golden_activity(unscaled(network), images, engine)
    except SpikewrightError as error:
        raise InvalidFile(f"expected golden images that the core can run, got: {error}") from error
    rasters, logits = golden_rasters(network, activity), golden_logits(activity)
    differences = [line for p in senders(network) for line in _compare(folder, whole, network, p.name, rasters[p.name])]
    differences += [
        line
        for name, memory in golden.potentials.items()
        for line in _potentials(network, activity, name, read_memory(folder, memory))
    ]
    if not np.array_equal(read_memory(folder, golden.logits), logits):
        differences.append("the logits differ")
    events = sum(int(np.count_nonzero(raster)) for raster in rasters.values())
    return Replay(not differences, golden.samples, len(rasters), events, tuple(differences))


def _inputs(folder: Path, whole: Core, network: Network) -> Any:
    """The golden images, or frames; for a camera the events that its trace tells."""
    golden, shape = whole.golden, input_shape(network)
    if isinstance(network.code, AddressEvents):
        return _events(folder, whole, network)
    bits = np.zeros((0, 0), np.int64) if golden.images is None else read_memory(folder, golden.images)
    frames = network.code.takes == "frames" and bits.shape[-1] == network.steps * prod(shape)
    wanted = (network.steps, *shape) if frames else shape
    if golden.images is None or bits.shape != (golden.samples, prod(wanted)) or golden.images.bits != 32:
        raise InvalidFile(
            f"expected {golden.samples} golden images of 32-bit words and of the input's size, got {bits.shape}"
        )
    return bits.astype(np.uint32).view(np.float32).reshape(golden.samples, *wanted)


def _events(folder: Path, whole: Core, network: Network) -> list[Any]:
    """The events of each sample, at the beginning of their step."""
    lines, steps = _lines(folder, whole, network.input), network.steps
    if len(lines) != whole.golden.samples * steps:
        raise InvalidFile(f"expected {whole.golden.samples * steps} lines in the trace of the input, got {len(lines)}")
    shape = network.by_name[network.input].shape
    return [
        np.concatenate(
            [_step_events(line, step, shape, network.code) for step, line in enumerate(lines[at : at + steps])]
        )
        for at in range(0, len(lines), steps)
    ]


def _step_events(line: str, step: int, shape: tuple[int, ...], code: Any) -> Any:
    """The events of a line of a trace, each as often as its number says."""
    often = np.zeros(prod(shape), np.int64)
    try:
        for place, _, number in (one.partition(":") for one in line.split()):
            often[int(place)] = int(number or 1)
        events = camera_events(np.where(often > 0, step, -1).reshape(shape), code)
        return np.repeat(events, np.minimum(often[often > 0], code.limit))
    except (ValueError, IndexError) as error:
        raise InvalidFile(f"expected neurons of the input in its trace, got {line!r:.60}") from error


def _potentials(network: Network, activity: Activity, name: str, wanted: Any) -> list[str]:
    """A sentence where the potentials of a population are others, with the first sample and step."""
    found = golden_potentials(network, activity, network.by_name[name]) if name in network.by_name else None
    if found is None or found.shape != wanted.shape:
        raise InvalidFile(
            f"expected golden potentials of populations of the core and of their size, got those of {name!r}"
        )
    wrong = np.argwhere((found != wanted).any(axis=2))
    return (
        [f"the potentials of {name!r} differ first in sample {wrong[0][0]}, step {wrong[0][1]}"] if len(wrong) else []
    )


def _compare(folder: Path, whole: Core, network: Network, name: str, raster: Any) -> list[str]:
    lines, values = _lines(folder, whole, name), sends_numbers(network, network.by_name[name])
    steps = raster.shape[0]
    got = [trace_line(row, values) for row in raster.transpose(1, 0, 2).reshape(-1, raster.shape[2])]
    if len(lines) != len(got):
        return [f"population {name!r}: {len(lines)} lines of trace, {len(got)} expected"]
    wrong = (place for place, (mine, theirs) in enumerate(zip(got, lines, strict=True)) if mine != theirs)
    first = next(wrong, None)
    if first is None:
        return []
    return [f"population {name!r} differs first in sample {first // steps}, step {first % steps}"]


def _lines(folder: Path, whole: Core, name: str) -> list[str]:
    """The golden trace of a population."""
    if name not in whole.golden.spikes:
        raise InvalidFile(f"expected a golden trace of population {name!r}, got none; export the core again")
    trace = whole.golden.spikes[name]
    return read_checked(folder, trace.file, trace.size, trace.sha256).decode("ascii", "replace").split("\n")[:-1]
