"""The most memory since a moment."""

import numpy as np

from spikewright.experiments.runs.memory import most_mb, start_counting


def test_what_was_held_counts() -> None:
    start_counting()
    before = most_mb()
    held = np.ones(20_000_000)  # 160 MB
    assert before > 0 and most_mb() >= before + 100 and held.size
