"""How far the lanes of a layer may spread in the circuit that it becomes."""

from spikewright import InvalidInput
from spikewright.hardware.circuit.reaches import reach
from spikewright.hardware.circuit.shapes import LayerBlocks, Map, PhysicalLanes, as_map
from spikewright.snn import Network, Population
from spikewright.snn.traits import computes_values


def room_of(network: Network, population: Population) -> Map:
    """The most lanes of a layer along channels, rows and columns: its map, but 1 along an axis whose taps lie apart.

    The targets of an event are no neighbours there, as behind a dilation. In a MAC core lanes may lie anywhere.
    """
    channels, rows, columns = as_map(population.shape)
    if computes_values(network):
        return channels, rows, columns
    down, across = PhysicalLanes(1, min(2, rows), 1), PhysicalLanes(1, 1, min(2, columns))
    return (
        channels,
        rows if _fits(network, population, down) else 1,
        columns if _fits(network, population, across) else 1,
    )


def _fits(network: Network, population: Population, lanes: PhysicalLanes) -> bool:
    """Whether the circuit can have these lanes."""
    blocks = LayerBlocks(as_map(population.shape), lanes)
    try:
        for projection in network.incoming[population.name] if lanes.count > 1 else ():
            reach(network, projection, blocks)
    except InvalidInput:
        return False
    return True
