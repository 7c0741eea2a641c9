from pathlib import Path

import pytest

from spikewright.hardware.area.blocks import blocks_of
from spikewright.hardware.area.elaboration.variants import ModuleUse, ModuleVariant, circuit_uses
from spikewright.hardware.circuit.memories import memories_of
from spikewright.hardware.devices import device
from spikewright.hardware.placement import Placement, PlacingRule
from tests.validate.drawers import DRAWERS


@pytest.mark.parametrize("name", ["IF and LIF", "SignedIF", "MAC core", "pruned, lists of rows"])
def test_modules_have_the_blocks_of_the_placement(name: str, tmp_path: Path) -> None:
    drawer = next(one for one in DRAWERS if one.name == name)
    part = device("xc7a35t")
    circuit = drawer.circuit(3, 1, tmp_path / "core")
    text, rule = (circuit.folder / "core.v").read_text(), PlacingRule.of(part)
    expected = Placement(part, memories_of(text, circuit.network, rule)).blocks
    assert blocks_of(circuit_uses(text), "xc7", rule) == expected


def test_deep_queues_and_queues_that_store_nothing() -> None:
    rule = PlacingRule.for_family("ecp5", device("ecp5-25k").block_shapes)
    deep = ModuleVariant("sw_fifo", (("BITS", 7), ("DEPTH", 128), ("WIDTH", 16)))
    assert blocks_of([ModuleUse(deep, 3)], "ecp5", rule) == 3
    unused = ModuleVariant("sw_step_delay", (("DEPTH", 2), ("STEPS", 1), ("WIDTH", 8)))
    assert [blocks_of([ModuleUse(unused, 1)], family, rule) for family in ("ecp5", "xc7")] == [1, 0]
