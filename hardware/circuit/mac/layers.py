"""A MAC layer in Verilog: its lanes behind its projections, and what they send; the memory of its constants is written."""

from spikewright.hardware.circuit.mac.requantisers import Requantiser
from spikewright.hardware.circuit.mac.sources import MacSource, OperandBits, source_text, sources_of
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map
from spikewright.hardware.circuit.verilog import instance, wire
from spikewright.hardware.circuit.words import address_bits, hex_word
from spikewright.snn import Population

LATENCY = 13
"""Cycles from the last step of a block to its first value leaving the queue, with one to spare."""


def queue_of(circuit: Circuit, population: Population, sources: tuple[MacSource, ...]) -> int:
    """Blocks that wait to be sent: two where a block takes longer than that, else as many as come meanwhile."""
    blocks = circuit.blocks(population)
    shortest = min(
        sum(source.memories.steps(g, y, x) for source in sources)
        for g in range(blocks.groups)
        for y in range(blocks.rows)
        for x in range(blocks.columns)
    )
    return 2 if max(shortest, blocks.lanes.count) >= LATENCY else 8


def layer_text(circuit: Circuit, population: Population) -> str:
    """The Verilog of a population with its projections, as far as `e<n>_event`."""
    n, sources = circuit.numbers[population.name], sources_of(circuit, population)
    requantiser = Requantiser.of(circuit, population)
    bits = OperandBits(
        max(circuit.value_bits(source.projection.source) for source in sources),
        max(source.memories.weight_bits for source in sources),
        requantiser.total,
    )
    circuit.store(f"p{n:02d}_k.mem", map(hex_word, requantiser.words))
    lines = [source_text(circuit, source, bits) for source in sources]
    lines += [_wires(circuit, population, bits), _lanes(circuit, population, sources, bits)]
    return "\n".join([*lines, _sending(circuit, population, requantiser)])


def _wires(circuit: Circuit, population: Population, bits: OperandBits) -> str:
    n, blocks = circuit.numbers[population.name], circuit.blocks(population)
    widths = {"g": address_bits(blocks.groups), "ry": address_bits(blocks.rows), "rx": address_bits(blocks.columns)}
    widths |= {what: 1 for what in ("load", "taken", "released", "valid", "ready")}
    widths |= {"values": blocks.lanes.count * bits.value, "weights": blocks.lanes.channels * bits.weight}
    widths |= {"sums": blocks.lanes.count * bits.total}
    return "\n".join(wire(f"l{n}_{what}", width) for what, width in widths.items())


def _lanes(circuit: Circuit, population: Population, sources: tuple[MacSource, ...], bits: OperandBits) -> str:
    n, blocks = circuit.numbers[population.name], circuit.blocks(population)
    numbers = [source.number for source in sources]
    lanes: dict[str, int | str] = {
        "CHANNELS": blocks.lanes.channels,
        "BANKS_Y": blocks.lanes.rows,
        "BANKS_X": blocks.lanes.columns,
    }
    parameters: dict[str, int | str] = {"SOURCES": len(sources)}
    parameters |= lanes
    for name, count in (("G", blocks.groups), ("RY", blocks.rows), ("RX", blocks.columns)):
        parameters[f"{name}_BITS"] = address_bits(count)
    parameters |= {"GROUPS": blocks.groups, "BLOCKS_Y": blocks.rows, "BLOCKS_X": blocks.columns}
    queue = queue_of(circuit, population, sources)
    parameters |= {"COMPARES": int(population.neuron.compares), "VALUE": bits.value, "WEIGHT": bits.weight}
    parameters |= {"SUM": bits.total, "SHIFTS": sum(s.projection.shift << (8 * i) for i, s in enumerate(sources))}
    parameters |= {"QUEUE": queue, "QUEUE_BITS": address_bits(queue)}

    def joined(what: str) -> str:
        return "{" + ", ".join(f"q{k}_{what}" for k in reversed(numbers)) + "}"

    ports = {"rst": "rst"} | {what: f"l{n}_{what}" for what in ("g", "ry", "rx", "load", "taken", "released")}
    ports |= {what: joined(what) for what in ("step", "ending", "waiting")}
    ports |= {"values7": f"l{n}_values", "weights7": f"l{n}_weights", "out_valid": f"l{n}_valid"}
    ports |= {"out_ready": f"l{n}_ready", "out_sums": f"l{n}_sums"}
    lines = [
        f"assign l{n}_{what} = {' | '.join(f'q{k}_lane_{what}' for k in numbers)};" for what in ("values", "weights")
    ]
    return "\n".join([*lines, instance("sw_mac_layer", f"layer{n}", parameters, ports)])


def _sending(circuit: Circuit, population: Population, requantiser: Requantiser) -> str:
    n, blocks, name = circuit.numbers[population.name], circuit.blocks(population), population.name
    bits, value = circuit.coordinate_bits(name), circuit.value_bits(name)
    parameters: dict[str, int | str] = {}
    lanes = zip(("CHANNELS", "BANKS_Y", "BANKS_X"), ("L", "LY", "LX"), blocks.lanes.axes, strict=True)
    for lane, letters, count in lanes:
        parameters |= {lane: count, f"{letters}_BITS": address_bits(count)}
    for axis, size, width in zip("CYX", as_map(population.shape), bits, strict=True):
        parameters |= {f"{axis}_SIZE": size, f"{axis}_BITS": width}
    parameters |= {"SUM": requantiser.total, "WIDTH": requantiser.width, "BIAS": requantiser.bias_bits}
    parameters |= {"MULTIPLIER": requantiser.multiplier_bits, "SHIFT": requantiser.shift, "LEVELS": requantiser.levels}
    parameters |= {"KEPT": requantiser.kept, "VALUE": value, "CONSTANTS": requantiser.per}
    parameters |= {"DEPTH": len(requantiser.rows), "K_BITS": address_bits(len(requantiser.rows))}
    parameters |= {"K_FILE": f"p{n:02d}_k.mem"}
    ports = {"rst": "rst", "in_valid": f"l{n}_valid", "in_ready": f"l{n}_ready", "in_sums": f"l{n}_sums"}
    ports |= {f"out_{what}": f"e{n}_{what}" for what in ("valid", "ready", "token", "c", "y", "x", "value")}
    lines = [wire(f"e{n}_{what}") for what in ("valid", "ready", "token")]
    lines += [wire(f"e{n}_{axis}", width) for axis, width in zip("cyx", bits, strict=True)]
    lines += [wire(f"e{n}_value", value), wire(f"e{n}_event", 1 + sum(bits) + value)]
    lines += [f"assign e{n}_event = {{e{n}_value, e{n}_x, e{n}_y, e{n}_c, e{n}_token}};"]
    return "\n".join([*lines, instance("sw_mac_send", f"send{n}", parameters, ports)])
