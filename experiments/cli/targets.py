"""The command check: what of a network the target does not have, and whether it fits."""

from argparse import Namespace
from typing import TYPE_CHECKING

from spikewright import InvalidInput, Table
from spikewright.experiments.cli.arguments import DEVICE
from spikewright.experiments.cli.console import say
from spikewright.experiments.cli.showing import show
from spikewright.experiments.runs.artifacts import load_network

if TYPE_CHECKING:
    from spikewright.snn import Network

SHOWN = 3
"""Parts that the last line names; the table has all of them."""


def run_check(options: Namespace) -> None:
    """A table of the parts that no core has; InvalidInput where there are any, or where the smallest design does not fit."""
    from spikewright.experiments.families import STAGES
    from spikewright.hardware import time_multiplexed
    from spikewright.hardware.fitting import Logic, check_fits
    from spikewright.hardware.placing import place

    stage = STAGES.make("hardware", STAGES.read("hardware", DEVICE.given(options)))
    stage.check()
    network = load_network(options.file)
    _check_parts(network, options.wide)
    if network.numbers != "fixed":
        raise InvalidInput("expected integers, got a network of real numbers; try spikewright convert without --float")
    smallest = time_multiplexed(network, device=stage.device, clock_mhz=stage.clock_mhz)
    placement, logic = place(network, smallest), Logic.of(network, smallest)
    check_fits(placement, logic)
    device = placement.device
    taken = f"about {logic.lut.value:,.0f} of {device.lut:,} LUT and {placement.blocks:,} of {device.blocks:,} memory blocks"
    say(f"a core can be built from it; with one physical neuron a layer it takes {taken} of {device.name}")


def _check_parts(network: "Network", wide: bool) -> None:
    from spikewright.snn.core_parts import lacking

    found = lacking(network)
    if not found:
        return
    rows = [{"where": one.part, "what": one.what, "reason": one.refused, "try": one.substitute} for one in found]
    show(Table.of(rows), wide=wide, first=("where", "what", "try"))
    named = ", ".join(f"{one.what} in {one.part}" for one in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise InvalidInput(f"expected parts that a core has, got {named}{more}; try {found[0].substitute}")
