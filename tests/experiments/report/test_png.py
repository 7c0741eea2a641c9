"""PNGs of small images: read back by another program as they were."""

import io

import matplotlib.image
import numpy as np
import pytest

from spikewright.experiments.report.png import data_address, png_bytes


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 5, 7), (2, 4, 4), (1, 1, 1), (3, 1, 300)])
def test_another_program_reads_what_was_written(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(0).random(shape, dtype=np.float32)
    read = matplotlib.image.imread(io.BytesIO(png_bytes(image)), format="png")
    wanted = image.transpose(1, 2, 0) if shape[0] == 3 else image.mean(axis=0)
    assert np.abs(read - wanted).max() <= 0.5 / 255 + 1e-6


def test_what_lies_beyond_is_cut_and_the_bytes_are_the_same() -> None:
    image = np.array([[[-1.0, 0.0, 1.0, 7.0]]])
    read = matplotlib.image.imread(io.BytesIO(png_bytes(image)), format="png")
    assert read.tolist() == [[0, 0, 1, 1]] and png_bytes(image) == png_bytes(image)
    assert data_address(image).startswith("data:image/png;base64,iVBOR")
