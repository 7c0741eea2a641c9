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
    ("queue", "sw_fifo", "!held[BITS]", "held <= DEPTH"),
    ("queue", "sw_fifo", "words[taken[BITS-1:0]]", "words[written[BITS-1:0]]"),
    ("words in look-up tables", "sw_bank", "summed && address == address3", "summed && address == address4"),
    ("words in block memories", "sw_bank", "STYLE == 2 && far", "STYLE == 1 && far"),
    ("words in block memories", "sw_bank", "same ? sum4", "kept4 ? sum4"),
    ("neuron", "sw_lane_if", "word3 >= threshold3", "word3 > threshold3"),
    ("neuron", "sw_lane_if", "if (sweeps)", "if (!sweeps)"),
    ("neuron", "sw_lane", "word3 > TOP ?", "word3 > BOTTOM ?"),
    ("neuron with leak and reset to zero", "sw_lane", "rest5 >>> LEAK", "rest5 >> LEAK"),
    ("signed neuron", "sw_lane_signed", "count3 != 0", "count3 != 1"),
    ("signed neuron with a limit", "sw_lane_signed", "count3 != LIMIT", "count3 <= LIMIT"),
    ("ternary neuron", "sw_lane_ternary", "word3 <= lowest3", "word3 < lowest3"),
    ("burst neuron", "sw_quotient", "bigger <= LIMIT", "bigger < LIMIT"),
    ("neuron with leak", "sw_lane", "rest5 - lost5 + drive5", "rest5 + drive5"),
    ("deaf neuron", "sw_lane_deaf", "steps4 != 0 ? before4[MEMO-1:STEPS] : ", ""),
    ("deaf neuron with reset to zero", "sw_lane_deaf", "number4 ? DEAF", "number4 ? DEAF - 1"),
    ("neuron with thresholds of steps", "sw_lane_stepped", "potential4 - reset", "potential4 - threshold"),
    ("neuron of one spike", "sw_lane_latched", "&& !over", ""),
    ("neuron of one spike", "sw_lane", "begin4 ? {WORD{1'b0}} : current4", "begin4 ? {WORD{1'b0}} : left4"),
    ("ramp", "sw_lane_ramp", "doubled4 >>> (SHIFT + 1)", "doubled4 >>> SHIFT"),
    ("ramp with slots of any size", "sw_lane_ramp", "WHOLE = HALF + HALF", "WHOLE = HALF"),
    ("gate of counts", "sw_lane_gate", "before4 + now4", "before4 + ahead4"),
    ("gate of counts", "sw_lane_gate", "word3 == 0 ? {WORD{1'b0}} : word3 - ZERO", "word3 - ZERO"),
    ("gate of fresh counts", "sw_lane_gate", "FRESH ? {POTENTIAL{1'b0}} : potential4", "potential4"),
    ("integrator", "sw_lane", "rest5 <= initial4", "rest5 <= left4"),
    ("rotator of signed events", "sw_taps", "TIMES == 1 && turned_value[0]", "TIMES == 1 && turned_lane"),
    ("rotator of signed events", "sw_turn", "(x+BANKS_X-o)%BANKS_X", "(x+o+1)%BANKS_X"),
    ("rotator of numbers", "sw_taps", "$signed({1'b0, turned_value})", "$signed(turned_value)"),
    ("rotator of single channels", "sw_taps", "turned_lane != c", "turned_lane > c"),
    ("serialiser", "sw_spikes", "!(some && !out_ready) && others == 0", "others == 0"),
    ("serialiser", "sw_spikes", "!(held && last && !token)", "1'b1"),
    ("read-out of counts", "sw_tally", "= !step_done && !clearing", "= !clearing"),
    ("read-out of counts", "sw_tally", "$signed(value1)", "value1"),
    ("read-out of first spikes", "sw_tally", "before1 == 0 ? step : before1", "step"),
    ("read-out of potentials", "sw_levels", "x_block + GROUPS", "x_block + 1"),
    ("decision behind the last step", "sw_decide", "passed && (state == TAKEN", "(state == TAKEN"),
    ("decision by the lead", "sw_decide", "seen > best", "seen >= best"),
    ("decision by the lead", "sw_decide", "second <= best;", "second <= seen;"),
    ("decision by the height", "sw_decide", "!best[LOGIT-1] && ", ""),
    ("front of a projection", "sw_front", "advance && event_valid && !token", "advance && event_valid"),
    ("front of a projection", "sw_front", "last_column ? skipped_blocks", "last_row ? skipped_blocks"),
    ("front with lists of rows", "sw_list_front", "none2 || (EACH == 0 && count == 0)", "none2"),
    ("front with lists of rows", "sw_list_front", "!valid1 || move2", "!valid2 || move2"),
    ("front with packed rows of each tile", "sw_list_front", "turns ? in_tiles : left", "left"),
    ("layer of two neurons", "sw_array", "sweeps <= sweep0 || issued != 0", "sweeps <= issued != 0"),
    ("layer of two neurons", "sw_sequencer", "waited == SETTLE - 1", "waited == SETTLE - 2"),
    ("layer of two neurons", "sw_array", "block1 <= sweep0 ? block0 : pass0", "block1 <= pass0"),
    ("layer of two neurons with two projections", "sw_sequencer", "(complete & mine) == mine", "complete != 0"),
    ("layer of two neurons with two projections", "sw_grant", "block = pass_block[i*S_BITS+:S_BITS];", ""),
    ("one inference at a time", "sw_gate", "(!closed && out_ready)", "out_ready"),
)


@needs_solver
@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name.replace(" ", "-"))
def test_the_law_is_proved(proof: Proof) -> None:
    found = prove(proof)
    assert (found.status, found.told) == ("proved", "")
    assert "Yosys" in found.tool and "Z3" in found.tool and len(found.source) == 64


@needs_solver
@pytest.mark.parametrize(("name", "module", "right", "wrong"), PLANTED)
def test_a_planted_bug_breaks_its_law(name: str, module: str, right: str, wrong: str) -> None:
    text = next(path for path in modules() if path.stem == module).read_text()
    assert right in text
    found = prove(BY_NAME[name], verilog={module: text.replace(right, wrong)})
    assert found.status == "refuted" and "Assert failed" in found.told


def test_every_proof_has_a_planted_bug() -> None:
    assert {name for name, *_ in PLANTED} == set(BY_NAME)
