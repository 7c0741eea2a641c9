"""Recordings of ten classes on disk, as N-MNIST lays them out."""

from pathlib import Path

import numpy as np
import pytest

from tests.experiments.events.recordings import stripes, write_bin


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten classes, six training and two test samples of each, numbered across the classes as the original is."""
    folder, random = tmp_path_factory.mktemp("nmnist"), np.random.default_rng(0)
    for split, count in (("Train", 60), ("Test", 20)):
        for number in range(count):
            write_bin(
                folder / "NMNIST" / split / str(number % 10) / f"{number + 1:05}.bin", stripes(random, number % 10)
            )
    return folder
