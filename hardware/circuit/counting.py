"""The counts in front of gates in Verilog: a module between the queue of a projection and its front."""

from spikewright.hardware.circuit.gates import GateCounts
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map
from spikewright.hardware.circuit.verilog import instance, part, wire
from spikewright.hardware.circuit.words import address_bits
from spikewright.snn import Projection


def counted_events(circuit: Circuit, number: int, projection: Projection, counts: GateCounts) -> str:
    """Events `f<k>_event` become `g<k>_event`, with counts in the place of numbers."""
    k, network, source = number, circuit.network, projection.source
    bits, value = circuit.coordinate_bits(source), circuit.value_bits(source)
    parameters: dict[str, int | str] = {}
    for axis, size, width in zip("CYX", as_map(network.by_name[source].shape), bits, strict=True):
        parameters |= {f"{axis}_SIZE": size, f"{axis}_BITS": width}
    parameters |= {"VALUE": value, "TIMES": circuit.value_form(source), "COUNT": counts.bits, "OFFSET": counts.offset}
    parameters |= {"REPLAY": counts.replay, "STEPS": network.steps, "STEP_BITS": address_bits(network.steps + 1)}
    ports = {"rst": "restart"}
    for side, event, last in (("in", f"f{k}", value), ("out", f"g{k}", counts.bits)):
        ports |= {f"{side}_{what}": f"{event}_{what}" for what in ("valid", "ready")}
        ports |= {f"{side}_token": f"{event}_event[0]"}
        low = 1
        for name, width in zip(("c", "y", "x", "value"), (*bits, last), strict=True):
            ports[f"{side}_{name}"] = part(f"{event}_event", low, width)
            low += width
    lines = [wire(f"g{k}_valid"), wire(f"g{k}_ready"), wire(f"g{k}_event", 1 + sum(bits) + counts.bits)]
    return "\n".join([*lines, instance("sw_counts", f"counts{k}", parameters, ports)])
