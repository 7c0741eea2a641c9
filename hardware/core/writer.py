"""Writes the files of a core and remembers what was written."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.core.hexfiles import hex_text

if TYPE_CHECKING:
    from spikewright.hardware.core import schema as core


class Writer:
    """Files of a core, below `folder`: memories in `memories/`, traces in `golden/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("memories", "golden"):
            (folder / name).mkdir()

    def memory(
        self, stem: str, values: NDArray[Any], bits: int, *, signed: bool = True, place: str = "memories"
    ) -> core.Memory:
        """Write integers of `bits` to `place/stem.mem` and return their record."""
        from spikewright.hardware.core import schema as core

        file = f"{place}/{stem}.mem"
        shape = [int(extent) for extent in values.shape]
        return core.Memory(
            file=file, shape=shape, bits=bits, signed=signed, sha256=self._write(file, hex_text(values, bits))
        )

    def trace(self, stem: str, raster: NDArray[np.int64], *, values: bool) -> core.Trace:
        """Write `raster (steps, samples, neurons)` to `golden/stem.spikes`, a line per sample and step."""
        from spikewright.hardware.core import schema as core

        rows = raster.transpose(1, 0, 2).reshape(-1, raster.shape[2])
        lines = "".join(trace_line(row, values) + "\n" for row in rows)
        file, text = f"golden/{stem}.spikes", lines.encode("ascii")
        return core.Trace(
            file=file,
            rows=len(rows),
            events=int(np.count_nonzero(rows)),
            size=len(text),
            sha256=self._write(file, text),
        )

    def _write(self, file: str, text: bytes) -> str:
        (self.folder / file).write_bytes(text)
        return hashlib.sha256(text).hexdigest()


def trace_line(row: NDArray[np.int64], values: bool) -> str:
    """The events of one step: addresses, or `address:value`; the same text for the same events."""
    places = np.flatnonzero(row)
    if not values:
        return " ".join(map(str, places.tolist()))
    return " ".join(f"{place}:{value}" for place, value in zip(places.tolist(), row[places].tolist(), strict=True))
