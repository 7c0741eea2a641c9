"""What hardware can be built from here: asked before anything is designed, estimated or exported."""

from spikewright import InvalidInput
from spikewright.snn import Network
from spikewright.snn.core_parts import lacking
from spikewright.snn.requirements import check_network

TO_FIXED = "call network.to_fixed(), or convert without --float"


def check_buildable(network: Network) -> None:
    """Raise InvalidInput unless hardware can be built from `network`, naming the part that no core here has.

    It must be in fixed point, and built from the parts of `snn.core_parts`.
    """
    check_network(network)
    if network.numbers != "fixed":
        raise InvalidInput(f"expected a fixed-point network, got {network.numbers}; {TO_FIXED}")
    for lack in lacking(network):
        raise InvalidInput(str(lack))
