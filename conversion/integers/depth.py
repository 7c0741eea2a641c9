"""How far it is from the image to the answer, in layers that fire and in steps."""

from spikewright.snn import Network


def charge_ends(network: Network, window: int) -> dict[str, int]:
    """The last step in which what a population has sent can change, when all fire in each step; see `conversion.integers.twins`.

    A layer whose sources are still from step e on fires in e, ..., e + L - 1 at the latest.
    """
    ends: dict[str, int] = {}
    for population in network.order:
        start = max((ends[q.source] for q in network.incoming[population.name]), default=window - 1)
        ends[population.name] = start + (population.neuron.most - 1 if population.neuron.sends == "values" else 0)
    return ends


def firing_depth(network: Network) -> int:
    """Layers on the longest path that fire for a window of their own in the layerwise schedule: QuantReLU and MaxGate."""
    depths: dict[str, int] = {}
    for population in network.order:
        before = max((depths[q.source] for q in network.incoming[population.name]), default=0)
        depths[population.name] = before + (population.name in _firing(network))
    return depths[network.output]


def _firing(network: Network) -> set[str]:
    ends = {network.input} | ({network.output} if network.readout == "potential" else set())
    return {p.name for p in network.populations} - ends
