"""A circuit through Yosys: its modules, its whole, and what is refused."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware import export, load_core, time_multiplexed
from spikewright.hardware.circuit.top import build
from spikewright.hardware.placement import PlacingRule
from spikewright.hardware.synthesis.targets import TARGETS, target_of
from spikewright.hardware.synthesis.tools import available
from spikewright.hardware.synthesis.yosys import _copy, script_of, synthesise
from tests.hardware.small_networks import perceptron
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


@needs_yosys
def test_an_exported_core_is_the_circuit_in_it(tmp_path) -> None:
    network = perceptron((6, 4, 3), steps=2)
    point = time_multiplexed(network, device="ecp5-25k")
    core = export(network, point, tmp_path / "core")
    lanes = {layer.population: layer.lanes for layer in point.layers}
    build(network, lanes, tmp_path / "circuit", rule=PlacingRule.of(point.fpga))
    exported, built = (synthesise(tmp_path / name, "ecp5") for name in ("core", "circuit"))
    assert exported.whole.lut == pytest.approx(built.whole.lut, rel=0.01)  # Yosys maps in the order in which it reads
    assert (exported.whole.ff, exported.whole.blocks) == (built.whole.ff, built.whole.blocks)
    assert {one.module for one in exported.modules} == {one.module for one in built.modules}
    assert load_core(core)[0].device == "ecp5-25k"  # synthesis leaves the folder as it was


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
