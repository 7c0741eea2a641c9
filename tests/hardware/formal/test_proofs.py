"""Every law holds for the modules that are shipped, and breaks for each bug that is planted in them."""

import pytest

from spikewright.hardware.cosim import programs
from spikewright.hardware.cosim.icarus import modules
from spikewright.hardware.formal.proofs import PROOFS
from spikewright.hardware.formal.record import Proof
from spikewright.hardware.formal.solving import prove

needs_solver = pytest.mark.skipif(
    programs.found("yosys-smtbmc") is None or programs.found("z3") is None,
    reason="yosys or z3 is not installed: apt-get install yosys z3",
)
BY_NAME = {proof.name: proof for proof in PROOFS}

PLANTED = (
    ("queue", "!held[BITS]", "held <= DEPTH"),
    ("queue", "words[taken[BITS-1:0]]", "words[written[BITS-1:0]]"),
    ("words in look-up tables", "kept4 && address2 == address4 ? sum4", "kept4 && address2 == address5 ? sum4"),
    ("words in block memories", "STYLE == 2 && kept5", "STYLE == 1 && kept5"),
    ("words in block memories", "same ? sum4", "kept4 ? sum4"),
    ("neuron", "word >= threshold3", "word > threshold3"),
    ("neuron", "word > TOP ?", "word > BOTTOM ?"),
    ("neuron with leak and reset to zero", "rest5 >>> LEAK", "rest5 >> LEAK"),
    ("rotator of signed events", "TIMES == 1 && value[0]", "TIMES == 1 && lane"),
    ("rotator of signed events", "(x+BANKS_X-o)%BANKS_X", "(x+o+1)%BANKS_X"),
    ("rotator of numbers", "$signed({1'b0, value})", "$signed(value)"),
    ("rotator of single channels", "lane != c", "lane > c"),
    ("serialiser", "!(some && !out_ready) && others == 0", "others == 0"),
    ("serialiser", "!(held && last && !token)", "1'b1"),
)


@needs_solver
@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name.replace(" ", "-"))
def test_the_law_is_proved(proof: Proof) -> None:
    found = prove(proof)
    assert (found.status, found.told) == ("proved", "")
    assert "Yosys" in found.tool and "Z3" in found.tool and len(found.source) == 64


@needs_solver
@pytest.mark.parametrize(("name", "right", "wrong"), PLANTED)
def test_a_planted_bug_breaks_its_law(name: str, right: str, wrong: str) -> None:
    proof = BY_NAME[name]
    text = next(path for path in modules() if path.stem == proof.module).read_text()
    assert right in text
    found = prove(proof, verilog={proof.module: text.replace(right, wrong)})
    assert found.status == "refuted" and "Assert failed" in found.told


def test_every_proof_has_a_planted_bug() -> None:
    assert {name for name, *_ in PLANTED} == set(BY_NAME)
