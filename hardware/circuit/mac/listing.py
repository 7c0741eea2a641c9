"""The memories inside the modules of a MAC core, by what an instance is told."""

from collections.abc import Callable, Iterator, Mapping

from spikewright.hardware.circuit.instances import ModuleInstance
from spikewright.hardware.circuit.module_memories import ModuleMemory

Found = Iterator[ModuleMemory]


def _buffer(one: ModuleInstance) -> Found:
    n = one.number
    for axis, bank, kept in (("C", "BC_BITS", 0), ("Y", "BY_BITS", 1), ("X", "BX_BITS", 1)):
        bits = n(bank) + n("A_BITS") + kept
        yield ModuleMemory(f"table_{axis.lower()}", "table", n(f"{axis}_SIZE"), bits, parameter=f"{axis}_FILE")
    banks = n("CHANNEL_BANKS") * n("BANKS_Y") * n("BANKS_X")
    yield ModuleMemory("banks", "activations", 2 * n("HALF"), n("VALUE"), "written", banks)


def _walk(one: ModuleInstance) -> Found:
    n = one.number
    yield ModuleMemory("groups", "table", n("GROUPS"), n("N_BITS") + n("A_BITS") + n("W_BITS"), parameter="G_FILE")
    yield ModuleMemory("rows", "table", n("BLOCKS_Y"), n("EY_BITS") + n("T_BITS"), parameter="Y_FILE")
    yield ModuleMemory("columns", "table", n("BLOCKS_X"), n("EX_BITS") + n("U_BITS"), parameter="X_FILE")
    if n("LIST"):
        bits = n("EX_BITS") + n("EY_BITS") + n("A_BITS")
        yield ModuleMemory("index", "table", n("KEPT"), bits, parameter="I_FILE", column="I_COLUMN")


def _source(one: ModuleInstance) -> Found:
    n = one.number
    for axis, name, words, file in (("Y", "rows", "ROWS", "T_FILE"), ("X", "columns", "COLUMNS", "U_FILE")):
        bits = n(f"BANKS_{axis}") * (n("A_BITS") + n(f"B{axis}_BITS") + 1) + n("W_BITS")
        yield ModuleMemory(name, "table", n(words), bits, parameter=file)
    if n("WEIGHED"):
        bits = n("CHANNELS") * (n("CODE") or n("WEIGHT"))
        yield ModuleMemory("weights", "weights", n("DEPTH"), bits, parameter="W_FILE", column="W_COLUMN")
    if n("CODE"):
        yield ModuleMemory("codebook", "codebook", n("ENTRIES"), n("WEIGHT"), "shown", n("CHANNELS"), "TABLE_FILE")


def _layer(one: ModuleInstance) -> Found:
    n = one.number
    lanes = n("CHANNELS") * n("BANKS_Y") * n("BANKS_X")
    yield ModuleMemory("queue", "queue", n("QUEUE"), lanes * n("SUM"), "shown")


def _send(one: ModuleInstance) -> Found:
    n = one.number
    yield ModuleMemory("constants", "constants", n("DEPTH"), n("MULTIPLIER") + n("BIAS"), parameter="K_FILE")


MAC_MEMORIES: Mapping[str, Callable[[ModuleInstance], Found]] = {
    "sw_mac_buffer": _buffer,
    "sw_mac_walk": _walk,
    "sw_mac_source": _source,
    "sw_mac_layer": _layer,
    "sw_mac_send": _send,
}
"""Module -> its memories; one for each module that a MAC core has instances of beside those of every core."""
