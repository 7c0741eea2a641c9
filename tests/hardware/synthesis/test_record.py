"""Counts add up, and a table has a row for each kind of module."""

from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.synthesis.record import CellCounts, PlacedCircuit, Synthesis, SynthesisedModule

numbers = st.integers(0, 1000)
kinds = st.dictionaries(st.sampled_from(["RAMB18E1", "RAMB36E1"]), st.integers(1, 9))
cells = st.builds(CellCounts, numbers, numbers, numbers, numbers, numbers, numbers, kinds)


@given(cells, cells, cells)
def test_counts_add_in_any_order(one: CellCounts, other: CellCounts, third: CellCounts) -> None:
    assert (one + other) + third == one + (other + third)
    assert one + other == other + one
    assert (one + CellCounts()).row == one.row


@given(cells, st.integers(1, 4), st.integers(1, 4))
def test_a_row_is_all_instances_of_a_kind(own: CellCounts, first: int, second: int) -> None:
    modules = (SynthesisedModule("sw_bank", {"BITS": 1}, first, own), SynthesisedModule("sw_bank", {}, second, own))
    whole = Synthesis("xc7", "", "", False, modules, own)
    row, last = whole.table
    assert (row["instances"], row["lut"]) == (first + second, (first + second) * own.lut)
    assert (last["module"], last["ff"]) == ("all", own.ff)
    assert repr(whole).startswith("Synthesis(xc7, modules kept: ") and repr(whole).count("\n") == 0
    placed = PlacedCircuit("", "", 101.26, {}, ())
    assert f" {own.dsp:,} DSP, 101.3 MHz; " in repr(Synthesis("ecp5", "", "", True, (), own, placed))


def test_the_slowest_path_in_a_sentence() -> None:
    path = (("a.Q", 0.5), ("b.F", 1.25), ("c.DI", 0.0))
    assert PlacedCircuit("", "", 100.0, {}, path).slowest == "a.Q to c.DI, 1.8 ns"
    assert PlacedCircuit("", "", 100.0, {}, ()).slowest == "no path from register to register"
