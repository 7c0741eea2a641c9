"""One layer of a circuit in Verilog without the others: what its lanes alone decide."""

from spikewright.hardware.circuit.arrays import array
from spikewright.hardware.circuit.columns import with_columns
from spikewright.hardware.circuit.fronts import front
from spikewright.hardware.circuit.mac.layers import layer_text
from spikewright.hardware.circuit.mac.top import mac_fork
from spikewright.hardware.circuit.readouts import readout
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.stages import beginning, fork, queue
from spikewright.hardware.circuit.top import input_text
from spikewright.snn import Population


def single_layer(circuit: Circuit, population: Population) -> str:
    """The Verilog of a population with the queues and fronts of what enters it, and where its events go.

    What belongs to no layer goes with the output: what the input does, and the read-out. So all layers together have the
    instances of the whole circuit, each once. Its memories go to `circuit.store`; lanes of other layers are not asked for.
    """
    network, forked = circuit.network, mac_fork if circuit.quantised else fork
    parts = [layer_text(circuit, population)] if circuit.quantised else _event_layer(circuit, population)
    if population in circuit.senders:
        parts.append(forked(circuit, population))
    if population.name == network.output:
        starts = "" if circuit.quantised else beginning(circuit)
        parts += [input_text(circuit), forked(circuit, network.by_name[network.input]), starts, readout(circuit)]
    return with_columns("\n".join(parts), circuit.rule)


def _event_layer(circuit: Circuit, population: Population) -> list[str]:
    entering = circuit.incoming(population)
    fronts = [part for k, each in entering for part in (queue(circuit, k, each), front(circuit, k, each))]
    return [*fronts, array(circuit, population)]
