"""A projection into a MAC layer in Verilog: its buffer, its walk over taps and channels, its weights; memories are written."""

from dataclasses import dataclass

from spikewright.hardware.circuit.mac.memories import MacMemories
from spikewright.hardware.circuit.mac.reaches import mac_reach
from spikewright.hardware.circuit.mac.tables import mac_tables
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.hardware.circuit.verilog import instance, part, wire
from spikewright.hardware.circuit.words import address_bits, hex_word
from spikewright.hardware.model.weight_memory import CoreWeights
from spikewright.snn import Population, Projection


@dataclass(frozen=True)
class OperandBits:
    """Bits of a value and of a weight, as a layer takes them from all its projections, and those of the sum of an output."""

    value: int
    weight: int
    total: int


@dataclass(frozen=True, eq=False)
class MacSource:
    """A projection's number and record, what it stores, and how the outputs lie."""

    number: int
    projection: Projection
    blocks: LayerBlocks
    memories: MacMemories

    @classmethod
    def of(cls, circuit: Circuit, number: int, projection: Projection) -> "MacSource":
        """That of a projection of the circuit."""
        blocks = circuit.blocks(circuit.network.by_name[projection.target])
        reach = mac_reach(circuit.network, projection, blocks)
        name, weights = circuit.storage.get(projection.name), projection.synapse.weights
        shared = weights is not None and CoreWeights.of(weights).table is not None
        return cls(number, projection, blocks, MacMemories.of(reach, blocks.lanes.channels, name, shared=shared))

    def file(self, what: str) -> str:
        """The name of a memory's file."""
        return f"q{self.number:02d}_{what}.mem"


def sources_of(circuit: Circuit, population: Population) -> tuple[MacSource, ...]:
    """The projections into a population, in the order in which a block takes them."""
    return tuple(MacSource.of(circuit, k, projection) for k, projection in circuit.incoming(population))


def source_text(circuit: Circuit, source: MacSource, bits: OperandBits) -> str:
    """The Verilog of a projection from what its source sends to what the lanes get."""
    shape = as_map(circuit.network.by_name[source.projection.source].shape)
    for what, words in mac_tables(source.memories, shape).items():
        circuit.store(source.file(what), map(hex_word, words))
    parts = (_wires(circuit, source, bits), _buffer(circuit, source), _walk(circuit, source))
    return "\n".join((*parts, _operands(circuit, source, bits)))


def _wires(circuit: Circuit, source: MacSource, bits: OperandBits) -> str:
    k, lanes, w = source.number, source.blocks.lanes, source.memories.widths
    widths = {"row": w["T_BITS"], "column": w["U_BITS"], "values": w["A_BITS"], "weights": w["W_BITS"]}
    widths |= {name: 1 for name in ("valid", "ready", "waiting", "reading", "step", "ending", "live")}
    positions = lanes.rows * lanes.columns
    widths |= {"address": positions * w["A_BITS"]}
    widths |= {"words": positions * source.memories.channel_banks * circuit.value_bits(source.projection.source)}
    widths |= {"lane_values": lanes.count * bits.value, "lane_weights": lanes.channels * bits.weight}
    return "\n".join(wire(f"q{k}_{name}", width) for name, width in widths.items())


def _buffer(circuit: Circuit, source: MacSource) -> str:
    k, name, lanes, memories = source.number, source.projection.source, source.blocks.lanes, source.memories
    value, coordinates = circuit.value_bits(name), circuit.coordinate_bits(name)
    parameters: dict[str, int | str] = {"VALUE": value}
    sizes = as_map(circuit.network.by_name[name].shape)
    for axis, size, width in zip("CYX", sizes, coordinates, strict=True):
        parameters |= {f"{axis}_SIZE": size, f"{axis}_BITS": width, f"{axis}_FILE": source.file(axis.lower())}
    parameters |= {"CHANNEL_BANKS": source.memories.channel_banks, "BANKS_Y": lanes.rows, "BANKS_X": lanes.columns}
    parameters |= {"BC_BITS": address_bits(source.memories.channel_banks)}
    parameters |= {"BY_BITS": address_bits(lanes.rows), "BX_BITS": address_bits(lanes.columns)}
    parameters |= {"HALF": memories.half, "A_BITS": memories.widths["A_BITS"]}
    parameters |= {"STYLE": int(circuit.rule.written(2 * memories.half) == "blocks")}
    n = circuit.numbers[name]
    ports = {"rst": "rst", "in_valid": f"q{k}_valid", "in_ready": f"q{k}_ready", "in_token": f"e{n}_event[0]"}
    low = 1
    for what, width in zip(("c", "y", "x", "value"), (*coordinates, value), strict=True):
        ports[f"in_{what}"] = part(f"e{n}_event", low, width)
        low += width
    target = circuit.numbers[source.projection.target]
    ports |= {"waiting": f"q{k}_waiting", "taken": f"l{target}_taken", "released": f"l{target}_released"}
    ports |= {"reading": f"q{k}_reading", "address4": f"q{k}_address", "words5": f"q{k}_words"}
    return instance("sw_mac_buffer", f"buffer{k}", parameters, ports)


def _walk(circuit: Circuit, source: MacSource) -> str:
    k, blocks, memories = source.number, source.blocks, source.memories
    parameters: dict[str, int | str] = {"LIST": int(memories.listed)}
    parameters |= {"GROUPS": blocks.groups, "BLOCKS_Y": blocks.rows, "BLOCKS_X": blocks.columns}
    parameters |= {
        "G_BITS": address_bits(blocks.groups),
        "RY_BITS": address_bits(blocks.rows),
        "RX_BITS": address_bits(blocks.columns),
    }
    parameters |= memories.widths
    parameters |= {"NEXT_VALUES": 0 if memories.listed else memories.plane, "NEXT_WEIGHTS": memories.next_weights}
    parameters |= {"KEPT": len(memories.index)}
    parameters |= {f"{axis}_FILE": source.file(what) for axis, what in (("G", "g"), ("Y", "by"), ("X", "bx"))}
    if memories.listed:
        parameters |= {"POOL_Y": memories.pool[0], "POOL_X": memories.pool[1], "I_FILE": source.file("i")}
    n = circuit.numbers[source.projection.target]
    ports = {"rst": "rst", "step": f"q{k}_step"} | {what: f"l{n}_{what}" for what in ("g", "ry", "rx")}
    ports |= {"begins": f"l{n}_load", "ending": f"q{k}_ending", "live2": f"q{k}_live"}
    ports |= {f"{what}2": f"q{k}_{what}" for what in ("row", "column", "values", "weights")}
    return instance("sw_mac_walk", f"walk{k}", parameters, ports)


def _operands(circuit: Circuit, source: MacSource, bits: OperandBits) -> str:
    k, lanes, memories = source.number, source.blocks.lanes, source.memories
    rows, columns = memories.reach.rows, memories.reach.columns
    parameters: dict[str, int | str] = {"ONE": int(memories.reach.one), "WEIGHED": int(memories.reach.weighed)}
    parameters |= {"CHANNELS": lanes.channels, "BANKS_Y": lanes.rows, "BANKS_X": lanes.columns}
    parameters |= {"BY_BITS": address_bits(lanes.rows), "BX_BITS": address_bits(lanes.columns)}
    parameters |= {"VALUE": circuit.value_bits(source.projection.source), "WIDE": bits.value}
    parameters |= {"WEIGHT": memories.weight_bits, "WIDE_WEIGHT": bits.weight}
    parameters |= {name: memories.widths[name] for name in ("A_BITS", "W_BITS", "T_BITS", "U_BITS")}
    parameters |= {"ROWS": len(rows.entries), "COLUMNS": len(columns.entries), "DEPTH": len(memories.rows)}
    parameters |= {"HALF": memories.half, "T_FILE": source.file("t"), "U_FILE": source.file("u")}
    parameters |= {"W_FILE": source.file("w")} if memories.reach.weighed else {}
    if memories.coded:
        parameters |= {"CODE": memories.code_bits, "ENTRIES": len(memories.table), "TABLE_FILE": source.file("v")}
    ports = {"rst": "rst", "reading": f"q{k}_reading", "live2": f"q{k}_live"}
    ports |= {f"{what}2": f"q{k}_{what}" for what in ("row", "column", "values", "weights")}
    ports |= {"address4": f"q{k}_address", "words5": f"q{k}_words"}
    ports |= {"values7": f"q{k}_lane_values", "weights7": f"q{k}_lane_weights"}
    return instance("sw_mac_source", f"source{k}", parameters, ports)
