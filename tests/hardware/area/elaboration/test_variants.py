"""The modules of a circuit: those that Yosys finds, and those that hold its memories."""

import json
from collections import Counter

import pytest

from spikewright import InvalidFile
from spikewright.hardware.area.elaboration.variants import (
    TOP,
    ModuleUse,
    ModuleVariant,
    _module,
    circuit_uses,
    instance_uses,
)
from spikewright.hardware.circuit.instances import ModuleInstance
from spikewright.hardware.circuit.memories import memories_of
from spikewright.hardware.cosim.icarus import modules
from spikewright.hardware.cosim.programs import call
from spikewright.hardware.placement import USUAL
from spikewright.hardware.synthesis.netlists import modules_of
from spikewright.hardware.synthesis.targets import target_of
from spikewright.hardware.synthesis.tools import available
from tests.validate.drawers import DRAWERS

_DRAWERS = {drawer.name: drawer for drawer in DRAWERS}
needs_yosys = pytest.mark.skipif(not available("yosys"), reason="Yosys is not installed: apt-get install yosys")


def _unsigned(value: int | str) -> int | str:
    """Yosys writes the 32 bits of a number without its sign."""
    return value % (1 << 32) if isinstance(value, int) and value < 0 else value


def _counted(uses) -> Counter:
    found: Counter = Counter()
    for use in uses:
        told = use.parameters if use.module != TOP else {}
        found[use.module, tuple(sorted((key, _unsigned(value)) for key, value in told.items()))] += use.count
    return found


@needs_yosys
@pytest.mark.parametrize(
    ("kind", "seed", "choice"),
    [
        ("Ramp", 2004, 2),
        ("PhaseCode", 1000, 1),
        ("linear layers behind an order", 1000, 1),
        ("shared and pruned", 2001, 2),
        ("MAC core, shared weights", 2000, 1),
    ],
)
def test_they_are_those_that_yosys_finds(kind: str, seed: int, choice: int, tmp_path) -> None:
    _DRAWERS[kind].circuit(seed, choice, tmp_path / "c")
    rtl = " ".join(map(str, modules()))
    steps = f"read_verilog -defer {rtl}; read_verilog core.v; hierarchy -top {TOP}; proc; opt_expr; opt_clean; opt_expr"
    call(["yosys", "-q", "-p", f"{steps}; opt_clean; write_json netlist.json"], tmp_path / "c")
    netlist = json.loads((tmp_path / "c" / "netlist.json").read_text())
    theirs = _counted(modules_of(target_of("xc7"), netlist, TOP))
    assert _counted(circuit_uses((tmp_path / "c" / "core.v").read_text())) == theirs


@pytest.mark.parametrize("kind", ["IF and LIF", "pruned, packed rows", "MAC core", "MAC core, shared weights"])
def test_each_memory_that_is_read_is_one_of_the_placement(kind: str, tmp_path) -> None:
    circuit = _DRAWERS[kind].circuit(1, 1, tmp_path / "c")
    text = (tmp_path / "c" / "core.v").read_text()
    placed = {(each.file, each.words, each.bits) for each in memories_of(text, circuit.network, USUAL)}
    told = [use.parameters for use in circuit_uses(text) if use.module == "sw_rom"]
    assert told and {(rom["FILE"], rom["DEPTH"], rom["WIDTH"]) for rom in told} <= placed


def test_defaults_and_computed_values_are_told() -> None:
    found = {use.module: use for use in instance_uses([ModuleInstance("sw_memory", "m", {"WIDTH": 5, "MEMORY": 3})])}
    assert found["sw_memory"].parameters["DEPTH"] == 1
    assert found["sw_rom"].parameters == {"WIDTH": 5, "DEPTH": 1, "BITS": 1, "FILE": "", "LOADED": 1, "COLUMN": 0}


def test_two_that_are_alike_are_counted() -> None:
    one = ModuleInstance("sw_fifo", "a", {"WIDTH": 4})
    assert instance_uses([one, one]) == (
        ModuleUse(ModuleVariant("sw_fifo", (("BITS", 4), ("DEPTH", 16), ("WIDTH", 4))), 2),
    )
    assert instance_uses([]) == ()


@pytest.mark.parametrize("lanes", [1, 3, 4096])
def test_a_layer_has_as_many_lanes_as_it_is_told(lanes: int) -> None:
    uses = instance_uses([ModuleInstance("sw_array", "a", {"CHANNELS": lanes, "K_BITS": 2})])
    assert sum(use.count for use in uses if use.module == "sw_lane_if") == lanes
    assert len([use for use in uses if use.module == "sw_lane"]) == 1


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(InvalidFile, match="expected a module of hardware/rtl, got 'sw_nothing'"):
        instance_uses([ModuleInstance("sw_nothing", "a", {})])
    with pytest.raises(InvalidFile, match="expected parameters of sw_fifo, got WITDH"):
        instance_uses([ModuleInstance("sw_fifo", "a", {"WITDH": 3})])


def test_each_line_of_what_is_unread_names_an_instance() -> None:
    body = _module("sw_array").body
    assert sum(getattr(item, "condition", None) is not None and not item.yes.items for item in body.items) >= 5
