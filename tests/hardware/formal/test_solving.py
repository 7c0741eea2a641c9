"""How a proof is tried: what is missing, what takes too long, what a proof is of."""

from dataclasses import replace

import pytest

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.cosim import programs
from spikewright.hardware.cosim.icarus import modules
from spikewright.hardware.formal.proofs import PROOFS
from spikewright.hardware.formal.record import Proof
from spikewright.hardware.formal.solving import fingerprint, prove, used
from tests.hardware.formal.test_proofs import needs_solver

FIFO = PROOFS[0]


def test_a_module_without_a_law_is_refused() -> None:
    with pytest.raises(InvalidInput, match="expected a module with a law, got 'sw_rom'"):
        prove(Proof("memory", "sw_rom", "", {}, 1))


def test_a_missing_solver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    with pytest.raises(SpikewrightError, match="apt-get install z3"):
        prove(FIFO)


@needs_solver
def test_verilog_that_is_no_good_says_so() -> None:
    with pytest.raises(SpikewrightError, match="expected yosys to succeed"):
        prove(FIFO, verilog={"sw_fifo": "module sw_fifo; wire a = ; endmodule"})


@needs_solver
def test_a_proof_that_takes_too_long_stays_open() -> None:
    found = prove(FIFO, seconds=0.001)
    assert (found.status, found.told) == ("open", "not decided within 0.001 seconds")


@needs_solver
def test_a_parameter_may_be_below_zero() -> None:
    """A queue whose law says that LEVEL is below zero; `chparam` of yosys knows no sign."""
    text = next(path for path in modules() if path.stem == "sw_fifo").read_text()
    negative = {"sw_fifo": text.replace("parameter WIDTH", "parameter LEVEL = 3,  // of the test\n    parameter WIDTH")}
    negative["sw_fifo"] = negative["sw_fifo"].replace(
        "endmodule", "  always @* assert (LEVEL == -3 && LEVEL < 0);\nendmodule"
    )
    small = replace(FIFO, parameters={"WIDTH": 1, "DEPTH": 2, "BITS": 1})
    assert prove(replace(small, parameters={**small.parameters, "LEVEL": -3}), verilog=negative).status == "proved"
    assert prove(small, verilog=negative).status == "refuted"


def test_a_fingerprint_covers_the_modules_inside() -> None:
    texts = {"sw_a": "module sw_a;\n  sw_b #(.X(1)) one (\n  );\nendmodule", "sw_b": "module sw_b;\nendmodule"}
    assert used("sw_a", texts) == ["sw_a", "sw_b"]
    whole = fingerprint("sw_a", texts | {"sw_c": ""})
    assert whole == fingerprint("sw_a", texts)
    assert whole != fingerprint("sw_a", texts | {"sw_b": "module sw_b; // other\nendmodule"})
