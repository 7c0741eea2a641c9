"""The top level of a circuit: its layers, and the queues between them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from spikewright import FolderKind, atomic_folder
from spikewright.hardware.circuit.arrays import array
from spikewright.hardware.circuit.columns import with_columns, write_columns
from spikewright.hardware.circuit.fronts import front
from spikewright.hardware.circuit.loading import bus_bits, with_bus
from spikewright.hardware.circuit.mac.top import mac_layers
from spikewright.hardware.circuit.readouts import answer_bits, readout, stops_early
from spikewright.hardware.circuit.record import Circuit, Ends
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.stages import beginning, fork, queue
from spikewright.hardware.circuit.verilog import instance, wire
from spikewright.hardware.circuit.words import address_bits
from spikewright.hardware.circuit.wrapper import axis_wrapper, checked_ends
from spikewright.hardware.placement import USUAL, PlacingRule
from spikewright.hardware.supported import check_buildable
from spikewright.snn import Network

CIRCUIT_FOLDER = FolderKind("a circuit")


def build(
    network: Network,
    lanes: Mapping[str, PhysicalLanes],
    folder: Path,
    storage: Mapping[str, str] | None = None,
    rule: PlacingRule = USUAL,
    *,
    ends: Ends | None = None,
    queues: Mapping[str, int] | None = None,
) -> Circuit:
    """Write `core.v`, the module `sw_core`, `axis.v`, the module `sw_axis` around it, and their memories into `folder`.

    All or nothing; an older circuit there is replaced.

    An event is a word `{value, x, y, c, token}`; a token ends a step of the input. An answer is a stream of words with a sign:
    the class (the neuron with the largest logit), the steps that were taken, and all logits, row-major; see `sw_decide`.
    `sw_axis` has both as AXI streams; with `Ends(pixels=L)` it takes images of pixels k / L, L = 255 for bytes, and makes the
    events, and with `Ends(loads=True)` all memories can be filled at run time (`loading.load_frames`). A quantised CNN becomes a
    MAC core: see `mac.top`. `storage`, `rule`, `ends`, `queues`: see `Circuit`.
    Raises InvalidInput for what there are no modules for, InvalidFile where something else stands in the folder.
    """
    check_buildable(network)
    ends = Ends() if ends is None else checked_ends(network, ends.loads, ends.pixels)
    with atomic_folder(folder, CIRCUIT_FOLDER) as temporary:
        circuit = Circuit(network, lanes, temporary, storage or {}, rule, ends, queues or {})
        core = _text(circuit)
        (temporary / "core.v").write_text(core)
        write_columns(core, temporary)
        (temporary / "axis.v").write_text(axis_wrapper(circuit, core))
    return replace(circuit, folder=folder)


def _text(circuit: Circuit) -> str:
    layers = mac_layers(circuit) if circuit.quantised else _event_layers(circuit)
    core = "\n\n".join([input_text(circuit), *layers, readout(circuit), "endmodule\n"])
    core = with_columns(core, circuit.rule, circuit.ends.loads)
    loads = [f"input [{bus_bits(core) - 1}:0] load_bus"] if circuit.ends.loads else []
    head = f"// The modules are in rtl/.\nmodule sw_core (\n    {', '.join([*_ports(circuit), *loads])}\n);"
    return f"{head}\n\n{with_bus(core, circuit.ends.loads)}"


def _event_layers(circuit: Circuit) -> list[str]:
    network, body = circuit.network, [beginning(circuit)]
    for population in circuit.inner:
        body += [front(circuit, k, projection) for k, projection in circuit.incoming(population)]
        body += [array(circuit, population)]
    for population in (one for one in network.order if one.neuron.sends != "nothing"):
        readers = [(k, q) for k, q in enumerate(network.projections) if q.source == population.name]
        body += ["\n".join([fork(circuit, population), *(queue(circuit, k, q) for k, q in readers)])]
    levels = circuit.numbers[network.output] if network.readout == "potential" else None
    body += [f"assign read{n}_ready = 1'b1;" for n in range(1, len(network.order)) if n != levels]
    return body


def _ports(circuit: Circuit) -> list[str]:
    event, answer = circuit.event_bits(circuit.network.input), answer_bits(circuit)
    ports = ["input clk", "input rst", "input in_valid", "output in_ready", f"input [{event - 1}:0] in_event"]
    return [
        *ports,
        "output answer_valid",
        "input answer_ready",
        f"output [{answer - 1}:0] answer_word",
        "output answer_last",
        "output in_drops",
    ]


def input_text(circuit: Circuit) -> str:
    """The events of the input; where an inference may stop early, one inference at a time."""
    bits = circuit.event_bits(circuit.network.input)
    lines = [wire("e0_valid"), wire("e0_ready"), wire("e0_event", bits), wire("early"), wire("over")]
    lines += ["assign e0_event = in_event;"]
    if not stops_early(circuit):
        return "\n".join(
            [
                *lines,
                "wire restart = rst;",
                "assign in_drops = 1'b0;",
                "assign e0_valid = in_valid;",
                "assign in_ready = e0_ready;",
            ]
        )
    tokens = 1 if circuit.once(circuit.network.input) else circuit.network.steps
    ports = {"rst": "rst", "over": "over", "in_valid": "in_valid", "in_ready": "in_ready", "in_token": "in_event[0]"}
    ports |= {"drops": "in_drops", "out_valid": "e0_valid", "out_ready": "e0_ready"}
    gate = instance("sw_gate", "gate", {"TOKENS": tokens, "BITS": address_bits(tokens)}, ports)
    return "\n".join([*lines, "wire restart = rst || early;", gate])
