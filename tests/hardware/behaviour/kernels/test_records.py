"""Records of modules."""

import numpy as np

from spikewright.hardware.behaviour.kernels.records import FRONT, LAYER, PHASES, READOUT, SENDER, STAGE


def test_flags_are_bits_and_all_else_whole_numbers() -> None:
    for record in (FRONT, LAYER, SENDER, READOUT, STAGE):
        assert {record[name] for name in record.names or ()} == {np.dtype(np.int64), np.dtype(np.bool_)}
    assert len(PHASES) == 6
