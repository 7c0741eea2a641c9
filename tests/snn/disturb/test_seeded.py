"""Every record of noise and faults has a seed, and a strength that is one."""

from dataclasses import fields
from typing import Any, get_args

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn.disturb.faults import Fault
from spikewright.snn.disturb.noise import InputNoise, MembraneNoise, PotentialBitFlips, Transmission
from spikewright.snn.disturb.noise import StuckAt as Stuck
from spikewright.snn.disturb.seeded import SeededRecord

RECORDS = (InputNoise, *get_args(Transmission), Stuck, MembraneNoise, PotentialBitFlips, *get_args(Fault))
GIVEN: dict[str, Any] = {"probability": 0.5, "fraction": 0.5, "deviation": 0.5, "width": 2, "value": 1}
WRONG = {
    "probability": (-0.1, 1.5, float("nan")), "fraction": (-0.1, 1.5, "half"), "deviation": (-0.1, 101.0, float("inf")),
    "seed": (-1, 2**64, 0.5, None),
}  # fmt: skip


def given(record: type[SeededRecord]) -> dict[str, Any]:
    """What a record needs."""
    return {field.name: GIVEN[field.name] for field in fields(record) if field.name in GIVEN}  # type: ignore[arg-type]


@pytest.mark.parametrize("record", RECORDS)
def test_strengths_and_seeds_are_checked(record: type[SeededRecord]) -> None:
    assert issubclass(record, SeededRecord) and record(**given(record)).seed == 0
    for name in {field.name for field in fields(record)} & WRONG.keys():  # type: ignore[arg-type]
        for value in WRONG[name]:
            with pytest.raises(InvalidInput, match="expected"):
                record(**(given(record) | {name: value}))


@pytest.mark.parametrize("record", RECORDS)
def test_integers_of_numpy_become_those_of_python(record: type[SeededRecord]) -> None:
    assert type(record(**given(record), seed=np.uint8(8)).seed) is int
