"""Where a training by spike timing stands: one safetensors file, replaced as a whole after each interval."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidFile, InvalidInput, Kind, Table, atomic_path
from spikewright.kinds import in_metadata
from spikewright.snn.learning.records import Learned

_KEY = "spikewright.stdp"
PROGRESS_FILE = Kind("a training by spike timing", in_metadata(_KEY))


@dataclass(frozen=True, eq=False)
class Progressed:
    """What has been learned, the class of each neuron in the last interval, and the points of the curve so far."""

    learned: Learned
    assigned: NDArray[np.int64]
    curve: tuple[tuple[int, float, int], ...]

    @property
    def table(self) -> Table:
        """The curve with names."""
        names = ("presentations", "accuracy", "samples")
        return Table(names, self.curve)


def save_progress(path: Path, run: Mapping[str, Any], state: Progressed) -> None:
    """Write the file, over an older one of its kind; `run` says what it belongs to. Raises InvalidFile for another file there."""
    from safetensors.numpy import save

    header = {"run": run, "presentations": state.learned.presentations, "curve": state.curve}
    tensors: dict[str, NDArray[Any]] = {
        "weights": state.learned.weights,
        "theta": state.learned.theta,
        "assigned": state.assigned,
    }
    with atomic_path(path, PROGRESS_FILE) as temporary:
        temporary.write_bytes(save(tensors, {_KEY: json.dumps(header, sort_keys=True)}))


def resume(path: Path, run: Mapping[str, Any], start: Progressed) -> Progressed:
    """Read the file into a state of the same network.

    Raises InvalidInput when it belongs to another run, InvalidFile when it is damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            header = json.loads((file.metadata() or {})[_KEY])
            tensors = {name: file.get_tensor(name) for name in ("weights", "theta", "assigned")}
        found, done = header["run"], int(header["presentations"])
        curve = tuple((int(k), float(share), int(n)) for k, share, n in header["curve"])
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise InvalidFile(f"expected a training by spike timing in {path}, got: {error}; try another folder") from error
    if found != json.loads(json.dumps(run)):
        other = ", ".join(name for name in run if found.get(name) != json.loads(json.dumps(run[name])))
        raise InvalidInput(f"expected a training of this run in {path}, got another {other}; try another --out")
    try:
        learned = replace(start.learned, weights=tensors["weights"], theta=tensors["theta"], presentations=done)
    except InvalidInput as error:
        raise InvalidFile(f"expected sound weights in {path}, got: {error}; try another folder") from error
    return Progressed(learned, tensors["assigned"], curve)
