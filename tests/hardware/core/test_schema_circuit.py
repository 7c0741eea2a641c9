"""Records of the circuit are closed, and paths stay inside the folder."""

import pytest
from pydantic import ValidationError

from spikewright.hardware.core.schema_circuit import CoreProof, CoreStreams


@pytest.mark.parametrize("path", ["../x.mem", "/etc/passwd", "a/b/c.mem", "golden/.mem", "", "golden\\x.mem"])
def test_paths_that_climb_out_are_no_paths(path: str) -> None:
    with pytest.raises(ValidationError):
        CoreStreams(input=path, events={}, answers="golden/answers.mem")


def test_a_proof_says_what_by_which_tool() -> None:
    told = {
        "name": "queue",
        "module": "sw_fifo",
        "says": "",
        "parameters": {"WIDTH": 8},
        "tool": "z3",
        "source": "0" * 64,
    }
    assert CoreProof(**told, status="proved", depth=2).depth == 2
    with pytest.raises(ValidationError):
        CoreProof(**told, status="perhaps", depth=2)
