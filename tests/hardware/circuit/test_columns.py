"""Memories in columns: the Verilog reads and loads them as if they were one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware import DEVICES
from spikewright.hardware.circuit.columns import columns_of, with_columns, write_columns
from spikewright.hardware.circuit.record import Ends
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import icarus, programs
from spikewright.hardware.cosim.comparing import compared
from spikewright.hardware.placement import USUAL, PlacingRule
from tests.hardware.cosim.test_comparing import images_for
from tests.hardware.small_networks import perceptron

SMALL = PlacingRule(shapes=((12, 32), (6, 64), (3, 128)))
"""Block memories of so few words that small memories are deep."""
needs_icarus = pytest.mark.skipif(
    programs.found("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)


@given(st.integers(1, 40), st.integers(1, 50), st.data())
def test_columns_side_by_side_are_the_words(bits: int, column: int, data: st.DataObject) -> None:
    words = data.draw(st.lists(st.integers(0, (1 << bits) - 1), max_size=5))
    cut = list(columns_of(words, bits, column))
    assert len(cut) == -(-bits // column)
    assert [sum(int(one[n], 16) << (at * column) for at, one in enumerate(cut)) for n in range(len(words))] == words


def test_only_what_is_deep_or_wide_and_written_is_cut() -> None:
    def cut(module: str, given: str, rule: PlacingRule = USUAL, **more: bool) -> str:
        text = f"{module} #({given})\n    one (.clk(clk));"
        return (
            with_columns(text, rule, **more).removeprefix(f"{module} #({given}").removesuffix(")\n    one (.clk(clk));")
        )

    rows = '.DEPTH({}), .ROW({}), .CODE(0), .FILE("w.mem")'
    assert cut("sw_synapse", rows.format(6272, 128)) == ", .COLUMN(2)"
    assert cut("sw_synapse", rows.format(512, 128)) == "" == cut("sw_synapse", rows.format(60, 128), loads=True)
    assert cut("sw_synapse", rows.format(512, 128), loads=True) == ", .COLUMN(36)"
    banks = '.BANKS_Y(1), .BANKS_X(1), .GROUPS({}), .BLOCKS_Y(9), .BLOCKS_X(9), .CHANNELS(3), .WORD(16), .KIND("none")'
    assert [cut("sw_array", banks.format(groups)) for groups in (1, 100)] == [", .COLUMN(36)", ", .COLUMN(2)"]
    assert cut("sw_array", banks.format(100) + ", .HELD(1), .CURRENT(9)") == ", .COLUMN(2), .HELD_COLUMN(2)"
    lattice = PlacingRule.of(DEVICES["ecp5-25k"])
    assert (
        cut("sw_array", banks.format(1), lattice) == "" == cut("sw_synapse", rows.format(512, 128), lattice, loads=True)
    )
    assert cut("sw_synapse", rows.format(6272, 128), lattice) == ", .COLUMN(2)"


@needs_icarus
@pytest.mark.parametrize("loads", [False, True])
def test_a_circuit_with_columns_is_equal(tmp_path: Path, loads: bool) -> None:
    network = perceptron((70, 5, 3), steps=2)
    lanes = {"h0": PhysicalLanes(2), "out": PhysicalLanes(1)}
    circuit = build(network, lanes, tmp_path / "core", rule=SMALL, ends=Ends(loads=loads))
    text = (circuit.folder / "core.v").read_text()
    assert ".COLUMN(3)" in text and len(list(circuit.folder.glob("q00_w.mem.*.mem"))) == 6
    assert not compared(circuit, images_for(network, 0), icarus.run)
    (circuit.folder / "q00_w.mem.0001.mem").unlink()
    write_columns(text, circuit.folder)
    assert (circuit.folder / "q00_w.mem.0001.mem").is_file()
