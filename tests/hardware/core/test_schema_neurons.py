"""Neurons in core.json: what is new is left out where it says nothing."""

import pytest
from pydantic import ValidationError

from spikewright.hardware.core.schema_neurons import CoreIntegrateFire, CoreRamp


def test_a_neuron_without_refractory_steps_is_written_as_before() -> None:
    plain = CoreIntegrateFire(threshold=5, reset="zero", leak_shift=None)
    assert plain.model_dump() == {"kind": "integrate_fire", "threshold": 5, "reset": "zero", "leak_shift": None}
    assert plain.model_copy(update={"refractory": 2}).model_dump()["refractory"] == 2


def test_a_ramp_has_levels() -> None:
    with pytest.raises(ValidationError):
        CoreRamp(window=8, levels=0)
