"""Recordings of ten classes that are told apart by their columns, as files."""

from pathlib import Path

import numpy as np

from spikewright.experiments.events.files import EVENT, Events


def events(*rows: tuple[int, int, int, int]) -> Events:
    return np.array([tuple(row) for row in rows], EVENT)


def write_bin(path: Path, sample: Events) -> None:
    """The format of Orchard et al. 2015, written out bit by bit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = [(int(x) << 32) | (int(y) << 24) | (int(p) << 23) | int(t) for x, y, t, p in sample]
    path.write_bytes(b"".join(word.to_bytes(5, "big") for word in words))


def stripes(random: np.random.Generator, label: int) -> Events:
    """120 events in eight milliseconds, all in the columns of the label."""
    sample = np.zeros(120, EVENT)
    sample["x"], sample["y"] = 3 * label + random.integers(0, 3, 120), random.integers(0, 34, 120)
    sample["t"], sample["p"] = np.sort(random.integers(0, 8000, 120)), random.integers(0, 2, 120)
    return sample
