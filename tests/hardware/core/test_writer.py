"""Files of a core and what is remembered of them."""

import hashlib
from pathlib import Path

import numpy as np

from spikewright.hardware.core.writer import Writer


def test_a_memory_is_recorded_as_it_was_written(tmp_path: Path) -> None:
    record = Writer(tmp_path).memory("weights", np.array([[1, -1], [0, 7]]), 4)
    text = (tmp_path / "network/weights.mem").read_bytes()
    assert text == b"1\nf\n0\n7\n" and record.sha256 == hashlib.sha256(text).hexdigest()
    assert (record.file, record.shape, record.bits, record.words) == ("network/weights.mem", [2, 2], 4, 4)


def test_a_trace_has_a_line_for_each_sample_and_step(tmp_path: Path) -> None:
    raster = np.array([[[1, 0], [0, 1]], [[1, 1], [0, 0]]])  # steps, samples, neurons
    record = Writer(tmp_path).trace("p00", raster, values=False)
    assert (tmp_path / "golden/p00.spikes").read_text() == "0\n0 1\n1\n\n"
    assert (record.rows, record.events, record.size) == (4, 4, 9)
