"""A circuit through Yosys: its modules, its whole, and what is refused."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware.synthesis.targets import TARGETS, target_of
from spikewright.hardware.synthesis.tools import available
from spikewright.hardware.synthesis.yosys import _copy, script_of, synthesise
from tests.hardware.synthesis.small_circuit import small_circuit

needs_yosys = pytest.mark.skipif(not available("yosys"), reason="Yosys is not installed: apt-get install yosys")


@needs_yosys
def test_the_whole_is_the_sum_of_its_modules(tmp_path) -> None:
    found = synthesise(small_circuit(tmp_path / "circuit"), "xc7")
    kinds = {one.module: one for one in found.modules}
    assert {"sw_core", "sw_array", "sw_front", "sw_fifo", "sw_bank", "sw_sequencer"} <= set(kinds)
    assert kinds["sw_core"].count == 1
    assert kinds["sw_lane"].count == 2 and kinds["sw_lane"].parameters["KIND"] == "none"
    assert found.whole.lut == sum(one.count * one.own.lut for one in found.modules) > 100
    assert found.whole.ff == sum(one.count * one.own.ff for one in found.modules) > 100
    assert found.tool.startswith("Yosys") and "-nowidelut" in found.script
    assert list(found.table)[-1]["lut"] == found.whole.lut


@needs_yosys
def test_flat_is_one_module(tmp_path) -> None:
    found = synthesise(small_circuit(tmp_path / "circuit"), "ecp5", flat=True)
    assert [one.module for one in found.modules] == ["sw_core"]
    assert found.whole.lut > 100


def test_what_is_refused(tmp_path) -> None:
    with pytest.raises(InvalidInput, match=r"expected a circuit with its core\.v"):
        synthesise(tmp_path, "xc7")
    with pytest.raises(InvalidInput, match="expected a family out of"):
        synthesise(tmp_path, "virtex")
    (tmp_path / "core.v").write_text("")
    with pytest.raises(InvalidInput, match="expected a family that is placed and routed"):
        synthesise(tmp_path, "xc7", placed=True)


def test_long_memories_are_cut_only_without_contents(tmp_path) -> None:
    source = tmp_path / "circuit"
    source.mkdir()
    (source / "core.v").write_text("")
    (source / "long.mem").write_text("0000\n" * 10_000)
    (source / "short.mem").write_text("0000\n" * 10)
    lengths = []
    for contents in (True, False):
        work = tmp_path / str(contents)
        work.mkdir()
        _copy(source, work, contents)
        lengths.append([len((work / f"{name}.mem").read_text().splitlines()) for name in ("long", "short")])
    assert lengths == [[10_000, 10], [8, 10]]


@pytest.mark.parametrize("name", TARGETS)
def test_a_script_keeps_or_flattens(name: str) -> None:
    target = target_of(name)
    kept, flat = (script_of(target, flat).splitlines()[2] for flat in (False, True))
    assert kept != flat
    assert target.kept in kept and target.flat in flat
