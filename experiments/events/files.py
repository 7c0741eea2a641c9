"""Readers of recordings: the 40-bit events of N-MNIST's .bin files, and one .npz with all samples end to end."""

import zipfile
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidFile

EVENT = np.dtype([("x", "<i2"), ("y", "<i2"), ("t", "<i4"), ("p", "i1")])
"""One event: column, row, microseconds, polarity (0 off, 1 on)."""
Events = NDArray[np.void]

BYTES_AN_EVENT = 5
OVERFLOW_ROW = 240
OVERFLOW_US = 2**13
_MOST_BYTES = 2**31
_PARTS = ("x", "y", "p", "t", "offsets", "labels")


def read_bin(path: Path) -> Events:
    """The events of one N-MNIST recording, in the order of the file.

    Five bytes an event: x, y, then one bit of polarity and 23 bits of microseconds, big-endian (Orchard et al. 2015). A row
    of 240 is no event: the camera's clock has overflowed, and 2**13 us are added to all times from there on.
    Raises InvalidFile for a file that is missing, empty, or not made of whole events.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidFile(f"expected a readable recording at {path}, got: {error.strerror}") from error
    if not content or len(content) % BYTES_AN_EVENT:
        raise InvalidFile(
            f"expected whole events of {BYTES_AN_EVENT} bytes in {path}, got {len(content)} bytes; try to download it again"
        )
    rows = np.frombuffer(content, np.uint8).reshape(-1, BYTES_AN_EVENT).astype(np.int64)
    overflow = rows[:, 1] == OVERFLOW_ROW
    times = ((rows[:, 2] & 0x7F) << 16 | rows[:, 3] << 8 | rows[:, 4]) + OVERFLOW_US * np.cumsum(overflow)
    real = rows[~overflow]
    return _events(real[:, 0], real[:, 1], times[~overflow], real[:, 2] >> 7)


def read_npz(path: Path, split: str, first: int | None = None) -> tuple[tuple[Events, ...], NDArray[np.int64]]:
    """The `first` samples (None: all) of a split and their labels, from an .npz that holds all of them end to end.

    Arrays `S_x, S_y, S_p, S_t (events,)`, `S_offsets (samples + 1,)` and `S_labels (samples,)` for the split S: sample i is
    `[offsets[i]:offsets[i + 1]]`. No pickle is ever read. Raises InvalidFile for anything else.
    """
    parts = _arrays(path, [f"{split}_{part}" for part in _PARTS])
    x, y, p, t, offsets, labels = (parts[f"{split}_{part}"] for part in _PARTS)
    whole = offsets.size and offsets[0] == 0 and np.all(np.diff(offsets.astype(np.int64)) >= 0)
    if not whole or any(part.size != offsets[-1] for part in (x, y, p, t)) or labels.size != offsets.size - 1:
        raise InvalidFile(f"expected offsets that cut the events of {split!r} into as many samples as labels in {path}")
    if t.size and int(t.max()) > np.iinfo(EVENT["t"]).max:
        raise InvalidFile(f"expected times below 2**31 microseconds in {path}, got {int(t.max())}")
    ends = offsets[: None if first is None else first + 1].astype(np.int64)
    last = int(ends[-1])
    events = _events(x[:last], y[:last], t[:last], p[:last])
    samples = tuple(events[start:stop] for start, stop in pairwise(ends))
    return samples, labels[: len(samples)].astype(np.int64)


def _arrays(path: Path, names: list[str]) -> dict[str, NDArray[Any]]:
    """One-dimensional arrays of integers by name."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > _MOST_BYTES:  # before anything is unpacked
            raise InvalidFile(f"expected at most {_MOST_BYTES} bytes of arrays in {path}, got {size}")
        with np.load(path, allow_pickle=False) as file:
            missing = set(names) - set(file.files)
            if missing:
                raise InvalidFile(
                    f"expected the array {min(missing)} in {path}, got {', '.join(sorted(file.files)[:20])}"
                )
            arrays = {name: file[name] for name in names}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, InvalidFile):
            raise
        raise InvalidFile(f"expected a whole .npz of plain arrays at {path}, got: {error}") from error
    for name, array in arrays.items():
        if array.ndim != 1 or array.dtype.kind not in "iub":
            raise InvalidFile(f"expected integers (n,) as {name} in {path}, got {array.dtype} {array.shape}")
    return arrays


def _events(x: NDArray[Any], y: NDArray[Any], t: NDArray[Any], p: NDArray[Any]) -> Events:
    events = np.empty(len(x), EVENT)
    for name, values in (("x", x), ("y", y), ("t", t), ("p", p)):
        events[name] = values
    return events
