"""A projection in Verilog: its front with its tables, its memory of weights, and what a lane adds."""

from collections.abc import Iterator

from spikewright.hardware.circuit.counting import counted_events
from spikewright.hardware.circuit.dense_fronts import dense_parameters, store_dense_tables
from spikewright.hardware.circuit.front_layouts import FrontLayout, PassBits
from spikewright.hardware.circuit.list_fronts import list_parameters, store_list_tables
from spikewright.hardware.circuit.orders import staged_order
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.stages import front_map, last_stage, ordering
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.hardware.circuit.verilog import instance, part, wire
from spikewright.hardware.circuit.words import address_bits, hex_word
from spikewright.snn import Projection


def stored_rows(circuit: Circuit, projection: Projection) -> StoredRows:
    """The rows of weights of a projection, laid as the circuit's `storage` says or as takes least (`choose`)."""
    return circuit.layer(circuit.network.by_name[projection.target]).rows[projection.name]


def front(circuit: Circuit, number: int, projection: Projection) -> str:
    """The Verilog of a projection from its queue to its taps; its memories are written."""
    population = circuit.network.by_name[projection.target]
    rows = stored_rows(circuit, projection)
    layout = FrontLayout(number, projection, circuit.blocks(population), rows, PassBits.of(circuit, population))
    if rows.layout == "dense":
        store_dense_tables(circuit.store, layout)
    else:
        store_list_tables(circuit.store, layout)
    circuit.store(layout.file("w"), _row_words(rows))
    if rows.code_bits:
        circuit.store(layout.file("t"), (hex_word([(value, rows.weight_bits)]) for value in rows.table))
    parts = [_wires(circuit, layout), _front(circuit, layout), _weights(circuit, layout)]
    if counts := circuit.counted(projection):
        parts.insert(1, counted_events(circuit, number, projection, counts))
    if staged_order(projection) is not None:
        parts.insert(-2, ordering(circuit, number, projection))
    return "\n".join(parts)


def _row_words(rows: StoredRows) -> Iterator[str]:
    width = rows.code_bits or rows.weight_bits
    for row in rows.words:
        yield hex_word((value, width) for value in row.tolist())


def _wires(circuit: Circuit, layout: FrontLayout) -> str:
    k, bits = layout.number, layout.bits
    lines = [wire(f"f{k}_event", circuit.event_bits(layout.projection.source))]
    lines += [wire(f"{name}{k}_{what}") for name, whats in _SINGLE.items() for what in whats]
    widths = {
        "weights": layout.address,
        "block": bits.block,
        "lane": layout.lane,
        "oy": bits.inside[0],
        "ox": bits.inside[1],
        "ry": bits.rows,
        "rx": bits.columns,
        "seats": bits.seats,
        "value": circuit.pass_bits(layout.projection),
    }
    lines += [wire(f"p{k}_{what}", width) for what, width in widths.items()]
    lines += [wire(f"t{k}_taps", layout.blocks.lanes.count * bits.tap)]
    return "\n".join(lines)


_SINGLE = {"f": ("valid", "ready"), "q": ("ready",), "p": ("valid", "ready", "empty", "token", "resume", "adds")}


def _front(circuit: Circuit, layout: FrontLayout) -> str:
    k, bits = layout.number, layout.bits
    sizes, value = front_map(circuit, layout.projection), circuit.pass_bits(layout.projection)
    coordinates = [address_bits(size) for size in sizes]
    parameters: dict[str, int | str] = {}
    for axis, size, width in zip("CYX", sizes, coordinates, strict=True):
        parameters |= {f"{axis}_SIZE": size, f"{axis}_BITS": width, f"{axis}_FILE": layout.file(axis.lower())}
    parameters |= {
        "VALUE": value,
        "W_BITS": layout.address,
        "S_BITS": bits.block,
        "LANE_BITS": layout.lane,
        "OY_BITS": bits.inside[0],
        "OX_BITS": bits.inside[1],
        "RY_BITS": bits.rows,
        "RX_BITS": bits.columns,
    }
    dense = layout.rows.layout == "dense"
    parameters |= dense_parameters(layout) if dense else list_parameters(layout)
    event = f"{last_stage(circuit, layout.projection)}{k}"
    ports = {"rst": "restart", "event_valid": f"{event}_valid", "event_ready": f"{event}_ready"}
    ports |= {"event_token": f"{event}_event[0]"}
    low = 1
    for name, width in zip(("c", "y", "x", "value"), (*coordinates, value), strict=True):
        ports[f"event_{name}"] = part(f"{event}_event", low, width)
        low += width
    ports |= {"token": f"p{k}_token", "resume": f"p{k}_resume"}
    said = ["valid", "ready", "empty", "weights", "block", "lane", "oy", "ox", "ry", "rx", "value"]
    if not dense:
        said.append("seats")
    ports |= {f"pass_{what}": f"p{k}_{what}" for what in said}
    text = instance("sw_front" if dense else "sw_list_front", f"front{k}", parameters, ports)
    return text + (f"\nassign p{k}_seats = 0;" if dense else "")


def _weights(circuit: Circuit, layout: FrontLayout) -> str:
    k, bits, lanes = layout.number, layout.bits, layout.blocks.lanes
    form, value = circuit.pass_form(layout.projection), circuit.pass_bits(layout.projection)
    parameters: dict[str, int | str] = {
        "CHANNELS": lanes.channels,
        "BANKS_Y": lanes.rows,
        "BANKS_X": lanes.columns,
        "WEIGHT": layout.rows.weight_bits,
        "VALUE": value,
        "TIMES": form,
        "TAP": bits.tap,
        "SHIFT": layout.projection.shift,
        "ONE_CHANNEL": int(layout.found.one_channel),
        "ROW": layout.rows.row_bits,
        "LANE_BITS": layout.lane,
        "OY_BITS": bits.inside[0],
        "OX_BITS": bits.inside[1],
        "DEPTH": layout.depth,
        "W_BITS": layout.address,
        "FILE": layout.file("w"),
        "CODE": layout.rows.code_bits,
        "ENTRIES": len(layout.rows.table),
        "TABLE_FILE": layout.file("t") if layout.rows.code_bits else "",
    }
    ports = {"adds": f"p{k}_adds", "address": f"p{k}_weights", "taps": f"t{k}_taps"}
    ports |= {what: f"p{k}_{what}" for what in ("lane", "oy", "ox", "value")}
    return instance("sw_synapse", f"synapse{k}", parameters, ports)
