"""A core as yosys synthesises it does what the engine does."""

from pathlib import Path

import pytest

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import netlists, programs
from spikewright.hardware.cosim.comparing import compared
from spikewright.hardware.cosim.watching import Watched
from tests.hardware.cosim.test_comparing import images_for
from tests.hardware.small_networks import perceptron

needs_yosys = pytest.mark.skipif(
    None in (programs.found("iverilog"), programs.found("yosys")),
    reason="Icarus Verilog or yosys is not installed: apt-get install iverilog yosys",
)
LANES = {"h0": PhysicalLanes(2), "out": PhysicalLanes(1)}


@needs_yosys
def test_a_netlist_for_ecp5_is_equal(tmp_path: Path) -> None:
    network = perceptron((6, 5, 3), steps=2)
    circuit = build(network, LANES, tmp_path)
    told = compared(circuit, images_for(network, 0), lambda *given: netlists.run(*given, family="ecp5"))
    assert told == ()


def test_an_unknown_family_and_a_missing_yosys_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = build(perceptron((6, 5, 3), steps=2), LANES, tmp_path)
    with pytest.raises(InvalidInput, match="expected a family out of xc7, ecp5, got 'virtex'"):
        netlists.run(circuit, [1], 1, "virtex")
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    with pytest.raises(SpikewrightError, match="apt-get install yosys"):
        netlists.synthesised(Watched(circuit), "ecp5")


def test_cells_are_counted() -> None:
    text = (
        "module m(a);\n  wire b;\n  assign b = a;\n  LUT4 #(\n  ) one (\n  LUT4 two (\n  \\odd  three (\n  DP16KD #(\n"
    )
    assert netlists.cells_of(text) == {"LUT4": 2, "DP16KD": 1}


WIDE = """  sw_RAMB36E1 #(
    .WRITE_WIDTH_B(32'd72)
  ) ram (
    .DIPADIP({lower}),
    .DIPBDIP({upper})
  );
"""


def test_a_yosys_that_copies_parity_bits_is_told() -> None:
    with pytest.raises(SpikewrightError, match="YosysHQ/yosys#5833"):
        netlists.checked(WIDE.format(lower="{ 2'h0, word[17], word[8] }", upper="{ 2'h0, word[17], word[8] }"))
    for lower, upper in (("word[3:0]", "word[7:4]"), ("4'h0", "4'h0"), ("4'hx", "4'hx")):
        netlists.checked(WIDE.format(lower=lower, upper=upper))
    netlists.checked(WIDE.format(lower="a", upper="a").replace("72", "36"))
