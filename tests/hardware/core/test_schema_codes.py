"""Codes and decisions in core.json."""

import pytest
from pydantic import TypeAdapter, ValidationError

from spikewright.hardware.core.schema_codes import Code, CoreCode, CoreTtfsCode


def test_a_code_of_older_cores_is_written_as_before() -> None:
    assert CoreCode(kind="rate", steps=4, levels=None).model_dump() == {"kind": "rate", "steps": 4, "levels": None}
    assert CoreCode(kind="direct", steps=4, levels=7, window=1).model_dump()["window"] == 1


def test_a_code_is_told_by_its_kind() -> None:
    assert TypeAdapter(Code).validate_python({"kind": "ttfs", "levels": 9}) == CoreTtfsCode(levels=9)
    for wrong in ({"kind": "ttfs", "levels": 9, "steps": 2}, {"kind": "bursts", "steps": 3}, {"kind": "morse"}):
        with pytest.raises(ValidationError):
            TypeAdapter(Code).validate_python(wrong)
