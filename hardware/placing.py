"""The verb: `place(network, point) -> Placement`, where each memory of a design lies."""

from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright.hardware.circuit.memories import memories_of
from spikewright.hardware.circuit.top import build
from spikewright.hardware.design_points import DesignPoint, check_point
from spikewright.hardware.placement import Placement, PlacingRule
from spikewright.snn import Network


def place(network: Network, point: DesignPoint) -> Placement:
    """Every memory of the circuit of `network` built as `point`, on its device, as the export builds it.

    Raises InvalidInput for a point of another network and for what there is no circuit for.
    """
    check_point(network, point)
    rule = PlacingRule.of(point.fpga)
    with TemporaryDirectory(prefix="spikewright-") as name:
        folder = Path(name) / "circuit"
        build(network, {layer.population: layer.lanes for layer in point.layers}, folder, rule=rule)
        return Placement(point.fpga, memories_of((folder / "core.v").read_text(), network, rule))
