"""Cells are counted by module, times how often a module is there."""

from spikewright.hardware.synthesis.netlists import counts, modules_of, total
from spikewright.hardware.synthesis.targets import target_of

XC7, ECP5 = target_of("xc7"), target_of("ecp5")


def module(*kinds: str, **parameters: str) -> dict:
    cells = {f"cell{n}": {"type": kind} for n, kind in enumerate(kinds)}
    return {"attributes": {}, "cells": cells, "parameter_default_values": parameters}


def test_cells_count_as_what_they_are() -> None:
    found = counts(XC7, {"LUT6": 3, "LUT1": 1, "RAM32M": 2, "FDRE": 5, "FDSE": 1, "CARRY4": 2, "RAMB36E1": 1, "INV": 9})
    assert (found.lut, found.memory_lut, found.ff, found.carry) == (12, 8, 6, 2)
    assert (found.small_blocks, found.blocks) == (2, {"RAMB36E1": 1})


def test_a_carry_cell_of_ecp5_is_two_tables() -> None:
    assert counts(ECP5, {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 1, "PFUMX": 7}).lut == 9


def test_modules_inside_modules() -> None:
    inner = module("LUT2", "LUT2", "FDRE", WIDTH="00000101", FILE="q00_c.mem", KIND="if")
    inner["attributes"]["hdlname"] = "\\sw_lane"
    cell = {"attributes": {"blackbox": "1"}, "cells": {}}
    netlist = {
        "modules": {
            "$paramod\\sw_lane": inner,
            "sw_array": module("$paramod\\sw_lane", "$paramod\\sw_lane", "LUT6"),
            "sw_core": module("sw_array", "$paramod\\sw_lane", "sw_array"),
            "other": module("LUT6"),
            "LUT2": cell,
        }
    }
    found = {one.module: one for one in modules_of(XC7, netlist, "sw_core")}
    assert {name: one.count for name, one in found.items()} == {"sw_core": 1, "sw_array": 2, "sw_lane": 5}
    assert found["sw_lane"].parameters == {"WIDTH": 5, "FILE": "q00_c.mem", "KIND": "if"}
    assert found["sw_array"].own.lut == 1
    assert total(tuple(found.values())).lut == 2 + 5 * 2
