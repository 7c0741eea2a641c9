"""The memories inside the modules of `hardware/rtl`, by what an instance is told; and all of a circuit's, placed."""

from collections.abc import Callable, Iterator, Mapping

from spikewright.hardware.circuit.instances import ModuleInstance, read_instances
from spikewright.hardware.circuit.mac.listing import MAC_MEMORIES
from spikewright.hardware.circuit.module_memories import ModuleMemory
from spikewright.hardware.placement import PlacedMemory, PlacingRule, Style
from spikewright.snn import Network

Found = Iterator[ModuleMemory]


def _front(one: ModuleInstance) -> Found:
    n = one.number
    both = n("W_BITS") + n("S_BITS")
    yield ModuleMemory("table_c", "table", n("C_SIZE"), both + n("LANE_BITS"), parameter="C_FILE")
    down = both + n("TILE_BITS") + n("OY_BITS") + n("RY_BITS")
    yield ModuleMemory("table_y", "table", n("Y_SIZE"), down, parameter="Y_FILE")
    across = 2 * both + n("TILE_BITS") + n("OX_BITS") + n("RX_BITS")
    yield ModuleMemory("table_x", "table", n("X_SIZE"), across, parameter="X_FILE")


def _list_front(one: ModuleInstance) -> Found:
    n = one.number
    both = n("S_BITS") + n("LIST_BITS")
    yield ModuleMemory("table_c", "table", n("C_SIZE"), both + n("LANE_BITS"), parameter="C_FILE")
    even, walk = n("EACH", 0) > 0, n("COUNT_BITS") + n("W_BITS")
    down = both + n("TY_BITS") + n("OY_BITS") + 1 + (n("TILE_BITS") if even else 0)
    yield ModuleMemory("table_y", "table", n("Y_SIZE"), down, parameter="Y_FILE")
    across = both + n("TX_BITS") + n("OX_BITS") + 1 + (walk if even else 0)
    yield ModuleMemory("table_x", "table", n("X_SIZE"), across, parameter="X_FILE")
    if not even:
        yield ModuleMemory("lists", "table", n("LISTS"), walk, parameter="LIST_FILE", column="LIST_COLUMN")
    seats = n("SEAT") * n("CHANNELS") * n("BANKS_Y") * n("BANKS_X")
    place = seats + n("GROUP_BITS") + n("COLUMN_BITS") + n("ROW_BITS")
    yield ModuleMemory("places", "table", n("ROWS"), place, parameter="PLACE_FILE", column="PLACE_COLUMN")


def _synapse(one: ModuleInstance) -> Found:
    n = one.number
    yield ModuleMemory("rows", "weights", n("DEPTH"), n("ROW"), parameter="FILE", column="COLUMN")
    if n("CODE"):
        lanes = n("ROW") // n("CODE")
        yield ModuleMemory("codebook", "codebook", n("ENTRIES"), n("WEIGHT"), "shown", lanes, "TABLE_FILE")


def _array(one: ModuleInstance) -> Found:
    n = one.number
    banks, blocks = n("BANKS_Y") * n("BANKS_X"), n("GROUPS") * n("BLOCKS_Y") * n("BLOCKS_X")
    lanes = banks * n("CHANNELS")
    constant = n("THRESHOLDS", 1) * n("THRESHOLD") + n("DRIVE") + n("POTENTIAL")
    each = 1 if n("SEAT") else n("CHANNELS")
    yield ModuleMemory("banks", "potentials", blocks, each * n("WORD"), "written", lanes // each, column="COLUMN")
    rows = n("CONSTANTS") * (n("PHASES", 1) if n("STEPPED", 0) else 1)
    yield ModuleMemory("constants", "constants", rows, lanes * constant, parameter="K_FILE", column="K_COLUMN")
    if n("HELD"):
        yield ModuleMemory("held", "currents", blocks, lanes * n("CURRENT"), "chosen", column="HELD_COLUMN")
    if n("MEMO"):
        yield ModuleMemory("memo", "potentials", blocks, lanes * n("MEMO"), "chosen")
    if one.parameters.get("KIND") != "none":
        place = 1 + n("C_BITS") + n("Y_BITS") + n("X_BITS")
        yield ModuleMemory("queue", "queue", 1 << n("QUEUE_BITS", 3), lanes * n("NUMBER", 1) + place, "shown")


def _fifo(one: ModuleInstance) -> Found:
    yield ModuleMemory("words", "queue", one.number("DEPTH", 16), one.number("WIDTH"), "shown")


def _order(one: ModuleInstance) -> Found:
    n = one.number
    width = n("PLACE") + 1 + (n("NEXT") + 1 if n("NEXT") else 0)
    yield ModuleMemory("table_of_places", "table", n("ROWS"), width, parameter="FILE", column="COLUMN")


def _step_delay(one: ModuleInstance) -> Found:
    yield ModuleMemory("words", "queue", one.number("DEPTH"), one.number("WIDTH"), "blocks")


def _tally(one: ModuleInstance) -> Found:
    places = 1 << sum(one.number(f"{axis}_BITS") for axis in "CYX")
    yield ModuleMemory("kept", "answers", places, one.number("LOGIT"), "shown")


def _levels(one: ModuleInstance) -> Found:
    n = one.number
    lanes, blocks = n("CHANNELS") * n("BANKS_Y") * n("BANKS_X"), n("GROUPS") * n("BLOCKS_Y") * n("BLOCKS_X")
    yield ModuleMemory("blocks", "answers", blocks, lanes * n("POTENTIAL"), "chosen")


def _encode_steps(one: ModuleInstance) -> Found:
    n = one.number
    yield ModuleMemory("pixels", "queue", n("C_SIZE") * n("Y_SIZE") * n("X_SIZE"), n("LEVEL"), "chosen")
    yield ModuleMemory("table_rows", "table", 1 << (n("STEP_BITS") + n("LEVEL")), n("VALUE"), parameter="TABLE")


def _counts(one: ModuleInstance) -> Found:
    places = 1 << sum(one.number(f"{axis}_BITS") for axis in "CYX")
    yield ModuleMemory("counts", "potentials", places, one.number("COUNT"), "chosen")


def _winners(one: ModuleInstance) -> Found:
    n = one.number
    yield ModuleMemory("weights", "weights", n("ROWS"), n("P") * n("WEIGHT"), parameter="W_FILE", column="W_COLUMN")
    yield ModuleMemory("thresholds", "constants", n("GROUPS"), n("P") * n("THRESHOLD"), parameter="T_FILE")
    yield ModuleMemory("words", "potentials", n("GROUPS"), n("P") * n("WORD"), "shown")
    yield ModuleMemory("deafs", "potentials", n("GROUPS"), n("P") * n("D_BITS"), "shown")


def _nothing(one: ModuleInstance) -> Found:
    return iter(())


MEMORIES: Mapping[str, Callable[[ModuleInstance], Found]] = {
    "sw_front": _front,
    "sw_list_front": _list_front,
    "sw_synapse": _synapse,
    "sw_array": _array,
    "sw_counts": _counts,
    "sw_fifo": _fifo,
    "sw_order": _order,
    "sw_step_delay": _step_delay,
    "sw_tally": _tally,
    "sw_levels": _levels,
    "sw_winners": _winners,
    "sw_begins": _nothing,
    "sw_spikes": _nothing,
    "sw_step_value": _nothing,
    "sw_decide": _nothing,
    "sw_gate": _nothing,
    "sw_encode_steps": _encode_steps,
    "sw_encode_values": _nothing,
    "sw_frame": _nothing,
    **MAC_MEMORIES,
}
"""Module -> its memories; one for each module that a circuit has instances of."""


def memories_of(text: str, network: Network, rule: PlacingRule) -> tuple[PlacedMemory, ...]:
    """All memories of the circuit `text` of a network, where a device's `rule` puts them."""
    owners = instance_owners(network)
    return tuple(
        PlacedMemory(
            f"{one.name}.{memory.name}", owners.get(one.name, ""), memory.role, memory.words, memory.bits,
            memory_style(memory, rule), memory.count, _file(one, memory), column_of(one, memory),
        )
        for one in read_instances(text)
        for memory in MEMORIES[one.module](one)
    )  # fmt: skip


def instance_owners(network: Network) -> dict[str, str]:
    """Whose an instance is, by its name: arrays and what sends of populations, the others of projections."""
    populations = ("array", "spikes", "value", "layer", "send")
    projections = ("front", "synapse", "queue", "counts", "order", "buffer", "walk", "source")
    found = {f"{kind}{n}": p.name for n, p in enumerate(network.order) for kind in populations}
    for k, projection in enumerate(network.projections):
        found |= {f"{kind}{k}": projection.name for kind in projections}
    return found | {"readout": network.output}


def memory_style(memory: ModuleMemory, rule: PlacingRule) -> Style:
    """Where a rule puts a memory of a module."""
    if memory.kind == "read":
        return rule.read_only(memory.words, memory.bits)
    if memory.kind == "chosen":
        return rule.chosen(memory.words, memory.bits)
    return (
        "blocks" if memory.kind == "blocks" else rule.shown() if memory.kind == "shown" else rule.written(memory.words)
    )


def column_of(one: ModuleInstance, memory: ModuleMemory) -> int:
    """Bits of the columns that an instance is told to make of a memory, 0 where it is told none."""
    return one.number(memory.column) if memory.column else 0


def _file(one: ModuleInstance, memory: ModuleMemory) -> str | None:
    value = one.parameters.get(memory.parameter)
    return value if isinstance(value, str) else None
