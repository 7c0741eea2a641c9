"""From float32 to fixed point: integers, widths that are declared, and a row in the report for everything that was rounded.

One unit of a population's potential is its grid `g (channels,)`, in the units of the float32 network. Integer weights q
with scale s and a source whose unit is u keep their integers: g = s u / 2**k, the shift k giving thresholds and biases
their fractional bits. Whatever else enters the population is rounded onto that grid. A spike is one unit; in time codes one
slot of the source's window is, d g with d units in a slot. A quantised CNN is snapped: see `snn.fixed.snapping`.
"""

from dataclasses import replace
from typing import Any

from spikewright import InvalidNetwork
from spikewright.progress import watched
from spikewright.snn.fixed.measuring import measured_saturation
from spikewright.snn.fixed.rewriter import FixedRewriter
from spikewright.snn.fixed.saturation import saturation_rows, widened
from spikewright.snn.fixed.widths import Widths
from spikewright.snn.network import Network
from spikewright.snn.requirements import check_one_phase


@watched
def to_fixed(network: Network, samples: Any = None, **widths: Any) -> Network:
    """The network in integers. `widths`: the fields of `Widths`.

    Integer weights stay as they are; others get `weight_bits` with a scale for each output channel, or one for the layer
    where potentials of all channels are compared (answers, windows of time codes). A channel whose weights are so faint beside
    its threshold that 32 bits do not hold both (more with finer weights or inputs) gets coarser weights, zeros mostly, and the
    report bounds the error; where that is a threshold a step or more, the network is refused.

    Potentials are as wide as proved for schedule, neuron and steps (`snn.fixed.saturation`), so that none saturates. With
    `potential_bits` they get that width, and more, up to the grid's, where thresholds or a window need it (layerwise as many
    thresholds as there are steps); an Integrator stays as wide as proved. The report says where the width can then saturate
    and, with `samples`, how many spikes and answers that changes on them.
    Raises InvalidNetwork for a network in fixed point already, one of two phases, and where 62 bits are not enough.
    """
    if network.numbers == "fixed":
        raise InvalidNetwork("expected a float32 network, got one in fixed point already")
    check_one_phase(network, "fixed point")
    chosen = Widths(**widths)
    fixed = FixedRewriter(network, chosen).network()
    if chosen.potential_bits is None:
        return widened(fixed)
    rows = saturation_rows(fixed)
    if rows and samples is not None:
        rows = (*rows, measured_saturation(fixed, samples))
    return replace(fixed, report=fixed.report.plus(*rows))
