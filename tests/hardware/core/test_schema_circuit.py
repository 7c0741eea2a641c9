"""Records of the circuit are closed, and paths stay inside the folder."""

import pytest
from pydantic import ValidationError

from spikewright.hardware.core.schema_circuit import CoreProof, CoreStreams


@pytest.mark.parametrize("path", ["../x.mem", "/etc/passwd", "a/b/c.mem", "golden/.mem", "", "golden\\x.mem"])
def test_paths_that_climb_out_are_no_paths(path: str) -> None:
    with pytest.raises(ValidationError):
        CoreStreams(input=path, events={}, answers="golden/answers.mem")


def test_a_proof_says_what_by_which_tool() -> None:
    assert CoreProof(subject="sw_fifo", status="proved", depth=2, tool="yosys-smtbmc z3").depth == 2
    with pytest.raises(ValidationError):
        CoreProof(subject="sw_fifo", status="perhaps", depth=2, tool="z3")  # type: ignore[arg-type]
