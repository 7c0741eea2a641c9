"""The end of a core in Verilog: what its output sent or holds becomes an answer of a class, steps and logits."""

from math import ceil
from typing import Any

import numpy as np

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map
from spikewright.hardware.circuit.verilog import instance, part, wire
from spikewright.hardware.circuit.words import address_bits
from spikewright.snn import Population
from spikewright.snn.decisions import TerminateDelta, TerminateMax
from spikewright.snn.traits import is_timed, sent

RULES: dict[type, int] = {TerminateDelta: 1, TerminateMax: 2}
"""What `sw_decide` calls a decision; the others never stop the networks that there are circuits for."""


def stops_early(circuit: Circuit) -> bool:
    """Whether an inference may be over before its last step."""
    return type(circuit.network.decision) in RULES


def tallied(circuit: Circuit) -> bool:
    """Whether the output answers by what it sends, as all do in a MAC core, and not by potentials."""
    return circuit.quantised or circuit.network.readout != "potential"


def logit_bits(circuit: Circuit) -> int:
    """Bits of a logit, with a sign."""
    network, out = circuit.network, _output(circuit)
    if network.readout == "potential":
        return out.width
    most = 1 if _first(circuit) else sent(network, out).most
    return int(most * sum(network.code.weight(step) for step in range(network.steps))).bit_length() + 1


def answer_bits(circuit: Circuit) -> int:
    """Bits of a word of the answer, with a sign: a class, a number of steps or a logit."""
    return max(logit_bits(circuit), *(bits + 1 for bits in _counts(circuit)))


def readout(circuit: Circuit) -> str:
    """The Verilog behind the output layer: a memory of logits, and the unit that looks at them."""
    lines = [
        wire(f"r_{what}") for what in ("done", "taken", "clearing", "fetch", "clear", "last_c", "last_y", "last_x")
    ]
    lines += [wire(f"r_{axis}", bits) for axis, bits in zip("cyx", _coordinates(circuit), strict=True)]
    lines += [f"wire signed [{logit_bits(circuit) - 1}:0] r_logit;"]
    return "\n".join([*lines, _tally(circuit) if tallied(circuit) else _levels(circuit), _decide(circuit)])


def _first(circuit: Circuit) -> bool:
    """Whether steps since the first spike are counted; a time is sent as the slots that are left, which are the logit."""
    return circuit.network.readout == "first" and not is_timed(circuit.network)


def _output(circuit: Circuit) -> Population:
    return circuit.network.by_name[circuit.network.output]


def _coordinates(circuit: Circuit) -> tuple[int, int, int]:
    return circuit.coordinate_bits(circuit.network.output)


def _counts(circuit: Circuit) -> tuple[int, int]:
    """Bits of the number of a neuron, and of a number of steps."""
    return address_bits(_output(circuit).size), address_bits(circuit.network.steps + 1)


def _tally(circuit: Circuit) -> str:
    """Of the events of the output."""
    n, name = circuit.numbers[circuit.network.output], circuit.network.output
    parameters: dict[str, int | str] = {
        f"{axis}_BITS": bits for axis, bits in zip("CYX", _coordinates(circuit), strict=True)
    }
    parameters |= {
        "VALUE": circuit.value_bits(name),
        "TIMES": circuit.value_form(name),
        "FIRST": int(_first(circuit)),
    }
    ports = {"rst": "rst", "event_valid": "r_valid", "event_ready": "r_ready", "event_token": f"e{n}_token"}
    ports |= {f"event_{axis}": f"e{n}_{axis}" for axis in "cyx"} | {
        "event_value": part(f"e{n}_event", 1 + sum(_coordinates(circuit)), circuit.value_bits(name))
    }
    ports |= {"step_done": "r_done", "taken": "r_taken", "ends": "answer_last"}
    ports |= {what: f"r_{what}" for what in ("clearing", "fetch", "clear", "c", "y", "x", "logit")}
    return instance("sw_tally", "readout", parameters | {"LOGIT": logit_bits(circuit)}, ports)


def _levels(circuit: Circuit) -> str:
    """Of the blocks of its potentials."""
    n, blocks = circuit.numbers[circuit.network.output], circuit.blocks(_output(circuit))
    lanes = blocks.lanes
    parameters: dict[str, int | str] = {"CHANNELS": lanes.channels, "BANKS_Y": lanes.rows, "BANKS_X": lanes.columns}
    parameters |= {"GROUPS": blocks.groups, "BLOCKS_Y": blocks.rows, "BLOCKS_X": blocks.columns}
    axes = zip(("CL", "BY", "BX"), lanes.axes, strict=True)
    parameters |= {f"{axis}_BITS": address_bits(count) for axis, count in axes}
    parameters |= {"R_BITS": address_bits(blocks.count), "POTENTIAL": logit_bits(circuit)}
    ports = {"rst": "rst", "block_valid": f"read{n}", "block_ready": f"read{n}_ready", "block": f"words{n}"}
    ports |= {"step_done": "r_done", "taken": "r_taken"}
    ports |= {what: f"r_{what}" for what in ("fetch", "last_c", "last_y", "last_x", "logit")}
    return instance("sw_levels", "readout", parameters, ports)


def _decide(circuit: Circuit) -> str:
    parameters: dict[str, int | str] = {}
    for axis, size, bits in zip("CYX", as_map(_output(circuit).shape), _coordinates(circuit), strict=True):
        parameters |= {f"{axis}_SIZE": size, f"{axis}_BITS": bits}
    classes, steps = _counts(circuit)
    parameters |= {"CLASS_BITS": classes, "LOGIT": logit_bits(circuit), "STEPS": circuit.network.steps}
    each = int(tallied(circuit) or circuit.network.decision is not None)
    parameters |= {"STEP_BITS": steps, "EACH": each, "RULE": RULES.get(type(circuit.network.decision), 0)}
    parameters |= {"HEIGHT": _height(circuit), "ANSWER": answer_bits(circuit)}
    ports = {"rst": "rst", "step_done": "r_done", "over": "over", "early": "early"}
    said = ("taken", "c", "y", "x", "last_c", "last_y", "last_x", "clearing", "fetch", "clear", "logit")
    ports |= {what: f"r_{what}" for what in said}
    ports |= {f"answer_{what}": f"answer_{what}" for what in ("valid", "ready", "word", "last")}
    return instance("sw_decide", "decide", parameters, ports)


def _height(circuit: Circuit) -> int:
    """What a logit or a lead must reach, a whole number; one that none can reach where it is higher than all."""
    decision: Any = circuit.network.decision
    height = getattr(decision, "height", None)
    unreached = 1 << logit_bits(circuit)
    return 1 if height is None else int(min(ceil(np.float64(height)), unreached)) if np.isfinite(height) else unreached
