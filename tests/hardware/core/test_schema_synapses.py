"""Synapses in core.json."""

import pytest
from pydantic import TypeAdapter, ValidationError

from spikewright.hardware.core.schema_synapses import CoreWindows, Synapse


def test_a_synapse_is_told_by_its_kind() -> None:
    told = {"kind": "windows", "kernel": [2, 2], "stride": [2, 1], "padding": [0, 1]}
    assert TypeAdapter(Synapse).validate_python(told) == CoreWindows(kernel=(2, 2), stride=(2, 1), padding=(0, 1))
    for wrong in ({"kernel": [0, 2]}, {"padding": [-1, 0]}, {"kind": "windows2d"}, {"gain": 1}):
        with pytest.raises(ValidationError):
            TypeAdapter(Synapse).validate_python(told | wrong)
