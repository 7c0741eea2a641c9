"""Data sets in the format of the original files, small ones."""

import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np

from spikewright.experiments.data.sources import DataSource

RANDOM = np.random.default_rng(0)


IMAGES = RANDOM.integers(0, 256, (12, 6, 5), np.uint8)


LABELS = RANDOM.integers(0, 10, 12, np.uint8)


def idx_bytes(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def with_md5(source: DataSource, folder: Path) -> DataSource:
    """The source as it would be if the files in `folder` were the published ones."""
    sums = tuple((name, hashlib.md5((folder / name).read_bytes()).hexdigest()) for name, _ in source.files)
    return replace(source, files=sums)
