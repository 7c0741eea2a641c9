"""The top level of a MAC core: its layers, each of which works on an image of its own."""

from spikewright.hardware.circuit.mac.layers import layer_text
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.verilog import wire
from spikewright.snn import Population


def mac_layers(circuit: Circuit) -> list[str]:
    """The Verilog of all layers of a quantised CNN; their memories are written into the folder of the circuit.

    An image is an event `{value, x, y, c, token}` for each value, zeros too, in any order, and a token. Layers send in the same
    form; an Integrator, which ends the network, sends its potentials, with a sign.
    """
    layers = [layer_text(circuit, population) for population in circuit.inner]
    return [*layers, *(mac_fork(circuit, population) for population in circuit.network.order)]


def mac_fork(circuit: Circuit, population: Population) -> str:
    """What a population sends goes to all that read it in one cycle: the buffers of projections, and of the output the tally."""
    n, network = circuit.numbers[population.name], circuit.network
    readers = [f"q{k}" for k, projection in enumerate(network.projections) if projection.source == population.name]
    lines = []
    if population.name == network.output:
        readers.append("r")
        lines = [wire("r_valid"), wire("r_ready")]
    lines.append(f"assign e{n}_ready = {' & '.join(f'{reader}_ready' for reader in readers) or 1};")
    for reader in readers:
        valid = " & ".join([f"e{n}_valid", *(f"{other}_ready" for other in readers if other != reader)])
        lines.append(f"assign {reader}_valid = {valid};")
    return "\n".join(lines)
