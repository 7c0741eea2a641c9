"""Block memories of a circuit by its modules: the same memories that `Placement` lists, with what a family leaves out."""

from collections.abc import Iterable

from spikewright.hardware.area.elaboration.variants import ModuleUse
from spikewright.hardware.circuit.instances import ModuleInstance
from spikewright.hardware.circuit.memories import MEMORIES, column_of, memory_style
from spikewright.hardware.memory_columns import block_columns, units_of
from spikewright.hardware.placement import PlacingRule

DROPS_UNUSED = ("xc7", "xcup")
"""Families whose synthesis leaves out the queue of a delay of all steps, in which nothing is ever stored."""


def blocks_of(uses: Iterable[ModuleUse], family: str, rule: PlacingRule) -> int:
    """Block memories, in units of the smallest kind, of all modules of `uses`."""
    return sum(use.count * _blocks(use, family, rule) for use in uses if use.module in MEMORIES)


def _queue(one: ModuleInstance, rule: PlacingRule) -> int:
    """A deep queue: synthesis registers what is read at the same time in a block memory."""
    words, bits = one.number("DEPTH"), one.number("WIDTH")
    if rule.chosen(words, bits) != "blocks":
        return 0
    return units_of(block_columns(rule.shapes, bits, words))


def _blocks(use: ModuleUse, family: str, rule: PlacingRule) -> int:
    if use.module == "sw_step_delay" and family in DROPS_UNUSED and use.parameters["STEPS"] == 1:
        return 0
    one = ModuleInstance(use.module, "", use.parameters)
    if use.module == "sw_fifo":
        return _queue(one, rule)
    return sum(
        memory.count * units_of(block_columns(rule.shapes, memory.bits, memory.words, column_of(one, memory)))
        for memory in MEMORIES[use.module](one)
        if memory_style(memory, rule) == "blocks"
    )
