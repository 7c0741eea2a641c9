"""The top level of a circuit: its layers, and the queues between them."""

from collections.abc import Mapping
from pathlib import Path

from spikewright import FolderKind, InvalidInput, atomic_folder
from spikewright.hardware.circuit.arrays import array
from spikewright.hardware.circuit.fronts import front
from spikewright.hardware.circuit.lane_kinds import LANE_KINDS
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.verilog import instance
from spikewright.hardware.circuit.words import address_bits
from spikewright.snn import Network, Population

QUEUE = 16
"""Events that wait in front of a projection."""


CIRCUIT_FOLDER = FolderKind("a circuit")


def build(
    network: Network, lanes: Mapping[str, PhysicalLanes], folder: Path, storage: Mapping[str, str] | None = None
) -> Circuit:
    """Write `core.v`, the module `sw_core`, and its memories into `folder`: all or nothing, an older circuit there is replaced.

    An event is a word `{value, x, y, c, token}`; a token ends a step of the input. `out_words` are the potentials of a block of
    the output after the last step, a block in each cycle in which `out_valid` is high; `done` is high once in an inference.
    `storage`: see `Circuit`.
    Raises InvalidInput for what there are no modules for, InvalidFile where something else stands in the folder.
    """
    check(network)
    with atomic_folder(folder, CIRCUIT_FOLDER) as temporary:
        (temporary / "core.v").write_text(_text(Circuit(network, lanes, temporary, storage or {})))
    return Circuit(network, lanes, folder, storage or {})


def _text(circuit: Circuit) -> str:
    network = circuit.network
    bits, out = circuit.event_bits(network.input), network.by_name[network.output]
    n = circuit.numbers[out.name]
    words = circuit.blocks(out).lanes.count * out.width
    ports = ["input clk", "input rst", "input in_valid", "output in_ready", f"input [{bits - 1}:0] in_event"]
    ports += ["output out_valid", f"output [{words - 1}:0] out_words", "output done"]
    body = ["wire e0_valid = in_valid; wire e0_ready; assign in_ready = e0_ready;"]
    body += [f"wire [{bits - 1}:0] e0_event = in_event;"]
    for population in circuit.inner:
        body += [front(circuit, k, projection) for k, projection in circuit.incoming(population)]
        body += [array(circuit, population)]
    body += [_fork(circuit, population) for population in network.order if population.neuron.sends != "nothing"]
    body += [f"assign out_valid = read{n}; assign out_words = words{n}; assign done = done{n};"]
    head = f"// The modules are in rtl/.\nmodule sw_core (\n    {', '.join(ports)}\n);"
    return "\n\n".join([head, *body, "endmodule\n"])


def check(network: Network) -> None:
    """Raise InvalidInput for neurons, projections and codes that there are no modules for yet."""
    for population in network.order[1:]:
        if type(population.neuron) not in LANE_KINDS or population.neuron.refractory:
            kinds = ", ".join(kind.__name__ for kind in LANE_KINDS)
            raise InvalidInput(f"expected neurons of {kinds} without refractory steps, got {population.name!r}")
    for projection in network.projections:
        if projection.delay or projection.order is not None:
            raise InvalidInput(f"expected projections without delay and order, got {projection.name!r}")
    if network.numbers != "fixed" or network.code.window is not None or network.code.hidden_limit is not None:
        raise InvalidInput("expected a fixed-point network with an input in every step; call network.to_fixed() first")


def _fork(circuit: Circuit, population: Population) -> str:
    """What a population sends goes into the queues of all projections that read it, in one cycle."""
    n, bits = circuit.numbers[population.name], circuit.event_bits(population.name)
    readers = [k for k, q in enumerate(circuit.network.projections) if q.source == population.name]
    lines = [f"assign e{n}_ready = {' & '.join(f'q{k}_ready' for k in readers) or 1};"]
    for k in readers:
        all_ready = " & ".join([f"e{n}_valid", *(f"q{other}_ready" for other in readers if other != k)])
        ports = {"rst": "rst", "in_valid": all_ready, "in_ready": f"q{k}_ready", "in_word": f"e{n}_event"}
        ports |= {"out_valid": f"f{k}_valid", "out_ready": f"f{k}_ready", "out_word": f"f{k}_event"}
        lines += [instance("sw_fifo", f"queue{k}", {"WIDTH": bits, "DEPTH": QUEUE, "BITS": address_bits(QUEUE)}, ports)]
    return "\n".join(lines)
