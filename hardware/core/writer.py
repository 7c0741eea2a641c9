"""Writes the files of a core and remembers what was written."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.core.golden import trace_line
from spikewright.hardware.core.hexfiles import hex_text
from spikewright.hardware.core.schema import CoreTrace
from spikewright.hardware.core.schema_parts import CoreMemory


class Writer:
    """Files of a core, below `folder`: integers of the network in `network/`, traces in `golden/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("network", "golden"):
            (folder / name).mkdir()

    def memory(
        self, stem: str, values: NDArray[Any], bits: int, *, signed: bool = True, place: str = "network"
    ) -> CoreMemory:
        """Write integers of `bits` to `place/stem.mem` and return their record."""
        file = f"{place}/{stem}.mem"
        shape = [int(extent) for extent in values.shape]
        sha256 = self._write(file, hex_text(values, bits))
        return CoreMemory(file=file, shape=shape, bits=bits, signed=signed, sha256=sha256)

    def trace(self, stem: str, raster: NDArray[np.int64], *, values: bool) -> CoreTrace:
        """Write `raster (steps, samples, neurons)` to `golden/stem.spikes`, a line per sample and step.

        `values`: events carry integers, which stand behind their addresses.
        """
        rows = raster.transpose(1, 0, 2).reshape(-1, raster.shape[2])
        lines = "".join(trace_line(row, values) + "\n" for row in rows)
        file, text = f"golden/{stem}.spikes", lines.encode("ascii")
        events, sha256 = int(np.count_nonzero(rows)), self._write(file, text)
        return CoreTrace(file=file, rows=len(rows), events=events, size=len(text), sha256=sha256)

    def _write(self, file: str, text: bytes) -> str:
        (self.folder / file).write_bytes(text)
        return hashlib.sha256(text).hexdigest()
