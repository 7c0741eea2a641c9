"""A population in Verilog: the potentials of its neurons, and the events that it sends."""

from math import log2

from spikewright.hardware.circuit.front_layouts import PassBits
from spikewright.hardware.circuit.lane_constants import LaneConstants
from spikewright.hardware.circuit.lane_kinds import lane_kind
from spikewright.hardware.circuit.record import PLAIN, Circuit
from spikewright.hardware.circuit.stepping import phases
from spikewright.hardware.circuit.verilog import instance, part, wire
from spikewright.hardware.circuit.words import address_bits
from spikewright.snn import Population

STYLES = ("registers", "tables", "blocks")
"""What `sw_bank` calls 0, 1 and 2."""


def array(circuit: Circuit, population: Population) -> str:
    """The Verilog of a population behind its fronts; the memory of its constants is written."""
    n, name = circuit.numbers[population.name], population.name
    blocks, constants = circuit.blocks(population), LaneConstants.of(circuit, population)
    circuit.store(f"p{n:02d}_k.mem", constants.words())
    parameters = _sizes(circuit, population) | _laws(circuit, population, constants)
    ports = _ports(circuit, population)
    lanes = blocks.lanes.count
    taps = " | ".join(f"t{k}_taps" for k, _ in circuit.incoming(population))
    lines = [wire(f"taps{n}", lanes * PassBits.of(circuit, population).tap), f"assign taps{n} = {taps};"]
    lines += [wire(f"v{n}_{what}") for what in ("valid", "ready", "last")] + [wire(f"read{n}"), wire(f"done{n}")]
    lines += [wire(f"read{n}_ready")]
    number = lane_kind(circuit, population).number
    lines += [wire(f"v{n}_numbers", lanes * number), wire(f"words{n}", lanes * circuit.potential_bits(population))]
    lines += [wire(f"v{n}_{axis}", bits) for axis, bits in zip("cyx", circuit.coordinate_bits(name), strict=True)]
    lines += [instance("sw_array", f"array{n}", parameters, ports)]
    return "\n".join([*lines, _spikes(circuit, population)])


def _sizes(circuit: Circuit, population: Population) -> dict[str, int | str]:
    blocks, bits = circuit.blocks(population), PassBits.of(circuit, population)
    found: dict[str, int | str] = {"SOURCES": len(circuit.incoming(population))}
    found |= {"CHANNELS": blocks.lanes.channels, "BANKS_Y": blocks.lanes.rows, "BANKS_X": blocks.lanes.columns}
    for axis, size, width in zip("CYX", blocks.shape, circuit.coordinate_bits(population.name), strict=True):
        found |= {f"{axis}_SIZE": size, f"{axis}_BITS": width}
    found |= {"APART": blocks.apart, "SEAT": circuit.layer(population).seat_bits, "SEATS": bits.seats}
    found |= {"GROUPS": blocks.groups, "BLOCKS_Y": blocks.rows, "BLOCKS_X": blocks.columns}
    found |= {"R_BITS": address_bits(blocks.count), "S_BITS": bits.block}
    return found | {
        "OY_BITS": bits.inside[0],
        "OX_BITS": bits.inside[1],
        "RY_BITS": bits.rows,
        "RX_BITS": bits.columns,
    }


def _rounds(circuit: Circuit, population: Population) -> dict[str, int | str]:
    """Its steps, and how many tokens of each projection it waits for before a sweep."""
    steps = 1 if circuit.once(population.name) else circuit.network.steps
    held = tokens = 0
    for at, (_, projection) in enumerate(circuit.incoming(population)):
        once = circuit.once(projection.source)
        held |= (once and not circuit.layerwise and not population.neuron.compares) << at
        tokens |= (circuit.network.steps if circuit.layerwise and not once else 1) << (16 * at)
    bits = address_bits(circuit.network.steps + 1)
    found: dict[str, int | str] = {"STEPS": steps, "STEP_BITS": bits, "TOKENS": tokens, "TOKEN_BITS": bits}
    among = phases(circuit.network, population)
    found |= {"PHASES": among, "PHASE_BITS": address_bits(among)}
    found |= {"WEIGHED": int(among > 1 and circuit.network.code.inside == "step weights")}
    return found | {"DRIVEN_ONCE": int(circuit.layerwise), "HELD": held}


def _laws(circuit: Circuit, population: Population, constants: LaneConstants) -> dict[str, int | str]:
    accumulator, potential = circuit.accumulator_bits(population), circuit.potential_bits(population)
    rounds, lane, leak = _rounds(circuit, population), lane_kind(circuit, population), population.neuron.leak
    blocks, depth = circuit.blocks(population).count, len(constants.rows)
    return rounds | {
        "CURRENT": max(accumulator, constants.drive_bits) + 1 if rounds["HELD"] else constants.drive_bits,
        "KIND": lane.kind,
        "WORD": max(potential, accumulator) + 1,
        "POTENTIAL": potential,
        "TAP": accumulator,
        "THRESHOLD": constants.threshold_bits,
        "THRESHOLDS": constants.thresholds,
        "DRIVE": constants.drive_bits,
        "NUMBER": lane.number,
        "MEMO": lane.memo,
        "LATE": lane.late,
        "QUEUE_BITS": lane.queue_bits,
        "READS": int(population.name == circuit.network.output and circuit.network.decision is not None),
        "LEAK": -round(log2(leak)) if leak else 0,
        **lane.parameters,
        "STYLE": STYLES.index(circuit.rule.written(blocks)),
        "CONSTANTS": depth // constants.phases,
        "STEPPED": int(constants.phases > 1),
        "K_BITS": address_bits(depth),
        "K_FILE": f"p{circuit.numbers[population.name]:02d}_k.mem",
    }


def _ports(circuit: Circuit, population: Population) -> dict[str, str]:
    n, fronts = circuit.numbers[population.name], [k for k, _ in circuit.incoming(population)]

    def joined(what: str) -> str:
        return "{" + ", ".join(f"p{k}_{what}" for k in reversed(fronts)) + "}"

    ports = {"rst": "restart", "token": joined("token"), "resume": joined("resume"), "adds2": joined("adds")}
    said = ("valid", "empty", "ready", "block", "oy", "ox", "ry", "rx", "seats")
    ports |= {f"pass_{what}": joined(what) for what in said} | {"taps3": f"taps{n}"}
    sent = ("valid", "ready", "numbers", "last", "c", "y", "x")
    ports |= {f"out_{what}": f"v{n}_{what}" for what in sent}
    ports |= {"read_ready": f"read{n}_ready"}
    return ports | {"read_valid": f"read{n}", "read_words": f"words{n}", "done": f"done{n}"}


def _spikes(circuit: Circuit, population: Population) -> str:
    """The events of a population that fires, as `e<n>_event`; of one that never does nothing is ever asked."""
    n, blocks = circuit.numbers[population.name], circuit.blocks(population)
    if population.neuron.sends == "nothing":
        return f"assign v{n}_ready = 1'b1;"
    number, value_bits = lane_kind(circuit, population).number, circuit.value_bits(population.name)
    bits = circuit.coordinate_bits(population.name)
    channels, _, columns = blocks.lanes.axes
    parameters: dict[str, int | str] = {"LANES": blocks.lanes.count, "CHANNELS": channels, "BANKS_X": columns}
    parameters |= {"APART": blocks.apart, "NUMBER": number}
    parameters |= {f"{axis}_BITS": width for axis, width in zip("CYX", bits, strict=True)}
    ports = {"rst": "restart"} | {
        f"in_{what}": f"v{n}_{what}" for what in ("valid", "ready", "numbers", "last", "c", "y", "x")
    }
    ports |= {f"out_{what}": f"e{n}_{what}" for what in ("valid", "ready", "token", "c", "y", "x", "number")}
    lines = [wire(f"e{n}_{what}") for what in ("valid", "ready", "token")]
    lines += [wire(f"e{n}_{axis}", width) for axis, width in zip("cyx", bits, strict=True)]
    lines += [wire(f"e{n}_number", number), wire(f"e{n}_event", circuit.event_bits(population.name))]
    if circuit.factors(population.name):
        return "\n".join([*lines, instance("sw_spikes", f"spikes{n}", parameters, ports), _step_value(circuit, n)])
    whole = f"e{n}_number" if number == value_bits else part(f"e{n}_number", number - value_bits, value_bits)
    value = "1'b1" if circuit.value_form(population.name) == PLAIN else whole
    lines += [f"assign e{n}_event = {{{value}, e{n}_x, e{n}_y, e{n}_c, e{n}_token}};"]
    return "\n".join([*lines, instance("sw_spikes", f"spikes{n}", parameters, ports)])


def _step_value(circuit: Circuit, n: int) -> str:
    """Events with the number that belongs to their step."""
    name, steps = circuit.network.order[n].name, circuit.network.steps
    bits, packed = circuit.value_bits(name), 0
    for step, factor in enumerate(circuit.factors(name)):
        packed |= (factor & ((1 << bits) - 1)) << (step * bits)
    parameters: dict[str, int | str] = {
        "STEPS": steps,
        "STEP_BITS": address_bits(steps),
        "VALUE": bits,
        "VALUES": packed,
    }
    ports = {"rst": "restart", "token": f"e{n}_valid && e{n}_ready && e{n}_token", "value": f"e{n}_value"}
    return "\n".join(
        [
            wire(f"e{n}_value", bits),
            instance("sw_step_value", f"value{n}", parameters, ports),
            f"assign e{n}_event = {{e{n}_value, e{n}_x, e{n}_y, e{n}_c, e{n}_token}};",
        ]
    )
