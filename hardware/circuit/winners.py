"""The circuit of a winner-take-all network: one layer that competes, and an answer of counts."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spikewright import InvalidInput, atomic_folder
from spikewright.hardware.circuit.columns import with_columns, write_columns
from spikewright.hardware.circuit.top import CIRCUIT_FOLDER
from spikewright.hardware.circuit.verilog import instance
from spikewright.hardware.circuit.words import address_bits, hex_word, write_words
from spikewright.hardware.model.bit_widths import signed_bits
from spikewright.hardware.placement import USUAL
from spikewright.snn.learning.fixed import FixedWinners


@dataclass(frozen=True, eq=False)
class WinnersCircuit:
    """A network with P `lanes`; its core and memories are in `folder`."""

    network: FixedWinners
    lanes: int
    folder: Path

    def __post_init__(self) -> None:
        if not 1 <= self.lanes <= self.neurons:
            raise InvalidInput(f"expected 1 to {self.neurons} lanes, got {self.lanes}")

    @property
    def neurons(self) -> int:
        """Neurons that compete."""
        return len(self.network.thresholds)

    @property
    def groups(self) -> int:
        """Rows of neurons."""
        return -(-self.neurons // self.lanes)

    @property
    def input_bits(self) -> int:
        """Bits of the number of an input; an event has a token below it."""
        return address_bits(len(self.network.weights))

    @property
    def answer_bits(self) -> int:
        """Bits of a word of the answer, with a sign: the neuron that fired most, the steps, and the counts."""
        return max(address_bits(self.neurons), self.network.steps.bit_length()) + 1


def build_winners(network: FixedWinners, lanes: int, folder: Path) -> WinnersCircuit:
    """Write `core.v`, the module `sw_core`, and its memories into `folder`: all or nothing.

    An event is `{number of an input, token}`. An answer is the neuron that fired most, the steps, and the counts of all:
    which class a neuron stands for (`snn.learning.label_neurons`) is the host's. Raises InvalidInput for lanes that do not fit.
    """
    circuit = WinnersCircuit(network, lanes, folder)
    with atomic_folder(folder, CIRCUIT_FOLDER) as temporary:
        _write_memories(circuit, temporary)
        core = with_columns(_text(circuit), USUAL)
        (temporary / "core.v").write_text(core)
        write_columns(core, temporary)
    return circuit


def _write_memories(circuit: WinnersCircuit, folder: Path) -> None:
    """Rows of weights at {input, group} and of thresholds, the lowest lane lowest; lanes beyond the last neuron have none."""
    network, groups, lanes = circuit.network, circuit.groups, circuit.lanes
    weights = np.zeros((len(network.weights), 1 << address_bits(groups), lanes), np.int64)
    beyond = groups * lanes - circuit.neurons
    weights[:, :groups] = np.pad(network.weights, ((0, 0), (0, beyond))).reshape(-1, groups, lanes)
    bits = _weight_bits(network)
    rows = [hex_word((int(value), bits) for value in row) for row in weights.reshape(-1, lanes)]
    write_words(folder / "winners_w.mem", rows)
    thresholds = np.pad(network.thresholds, (0, beyond), constant_values=1).reshape(groups, lanes)
    bits = signed_bits(network.thresholds)
    write_words(folder / "winners_t.mem", [hex_word((int(value), bits) for value in row) for row in thresholds])


def _weight_bits(network: FixedWinners) -> int:
    return max(1, int(network.weights.max()).bit_length())


def _text(circuit: WinnersCircuit) -> str:
    bits, answer, neurons = circuit.input_bits, circuit.answer_bits, address_bits(circuit.neurons)
    ports = ["input clk", "input rst", "input in_valid", "output in_ready", f"input [{bits}:0] in_event"]
    ports += ["output answer_valid", "input answer_ready", f"output [{answer - 1}:0] answer_word", "output answer_last"]
    count = circuit.network.steps.bit_length() + 1
    lines = ["// The modules are in rtl/.", f"module sw_core ({', '.join(ports)});"]
    lines += [f"wire e_valid, e_ready, e_token; wire [{neurons - 1}:0] e_c, r_c; wire r_y, r_x;"]
    lines += [f"wire r_done, r_taken, r_clearing, r_fetch, r_clear; wire signed [{count - 1}:0] r_logit;"]
    return "\n".join([*lines, _winners(circuit), _tally(circuit, count), _decide(circuit, count), "endmodule\n"])


def _winners(circuit: WinnersCircuit) -> str:
    network, groups = circuit.network, address_bits(circuit.groups)
    word = max(network.potential_bits, network.drive_bound.bit_length() + 1) + 1
    parameters: dict[str, int | str] = {
        "IN_BITS": circuit.input_bits,
        "NEURONS": circuit.neurons,
        "N_BITS": address_bits(circuit.neurons),
        "P": circuit.lanes,
        "GROUPS": circuit.groups,
        "G_BITS": groups,
        "ROWS": len(network.weights) << groups,
        "WEIGHT": _weight_bits(network),
        "THRESHOLD": signed_bits(network.thresholds),
        "POTENTIAL": network.potential_bits,
        "WORD": word,
        "LEAK": network.leak,
        "LEAK_SHIFT": network.leak_shift,
        "INHIBITION": network.inhibition,
        "DEAF": network.deaf,
        "D_BITS": address_bits(network.deaf + 1),
        "STEPS": network.steps,
        "STEP_BITS": address_bits(network.steps),
        "W_FILE": "winners_w.mem",
        "T_FILE": "winners_t.mem",
    }
    ports = {"rst": "rst", "event_valid": "in_valid", "event_ready": "in_ready", "event_token": "in_event[0]"}
    ports |= {"event_c": f"in_event[{circuit.input_bits}:1]"}
    return instance("sw_winners", "winners", parameters, ports | {f"out_{what}": f"e_{what}" for what in _SENT})


_SENT = ("valid", "ready", "token", "c")


def _tally(circuit: WinnersCircuit, count: int) -> str:
    parameters: dict[str, int | str] = {"C_BITS": address_bits(circuit.neurons), "LOGIT": count}
    ports = {"rst": "rst"} | {f"event_{what}": f"e_{what}" for what in _SENT}
    ports |= {"event_y": "1'b0", "event_x": "1'b0", "event_value": "1'b1", "step_done": "r_done", "taken": "r_taken"}
    ports |= {"ends": "answer_last"} | {
        what: f"r_{what}" for what in ("clearing", "fetch", "clear", "c", "y", "x", "logit")
    }
    return instance("sw_tally", "readout", parameters, ports)


def _decide(circuit: WinnersCircuit, count: int) -> str:
    bits, steps = address_bits(circuit.neurons), circuit.network.steps
    parameters: dict[str, int | str] = {"C_SIZE": circuit.neurons, "C_BITS": bits, "CLASS_BITS": bits, "LOGIT": count}
    parameters |= {"STEPS": steps, "STEP_BITS": address_bits(steps + 1), "ANSWER": circuit.answer_bits}
    ports = {"rst": "rst", "step_done": "r_done", "over": "", "early": "", "last_c": "", "last_y": "", "last_x": ""}
    ports |= {what: f"r_{what}" for what in ("taken", "c", "y", "x", "clearing", "fetch", "clear", "logit")}
    return instance(
        "sw_decide",
        "decide",
        parameters,
        ports | {f"answer_{what}": f"answer_{what}" for what in ("valid", "ready", "word", "last")},
    )
