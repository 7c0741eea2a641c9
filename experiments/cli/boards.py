"""The commands for a design that is larger than a device: several FPGAs in a row, or weights in a memory outside."""

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from spikewright.experiments.cli.arguments import DEVICE
from spikewright.experiments.cli.common import check_tables, listed, simulated
from spikewright.experiments.cli.console import say
from spikewright.experiments.cli.designing import design_asked, fitting, hardware_asked, lanes_asked
from spikewright.experiments.cli.showing import show
from spikewright.experiments.report.tables import write_table
from spikewright.experiments.runs.threads import quiet_threads

if TYPE_CHECKING:
    from spikewright.hardware import DesignPoint
    from spikewright.snn import Activity, Network


@quiet_threads()
def run_partition(options: Namespace) -> None:
    """The table of the FPGAs that a design is cut over, and the latency with the links between them."""
    from spikewright.hardware import BoardLink, partition

    link = BoardLink(options.link_mbit, options.link_us, options.word_bits)
    network, activity, point, images = _asked(options)
    found = partition(network, activity, point, link)
    paths = write_table(found.table, options.out, force=options.force)
    show(found.table, wide=options.wide, places=paths)
    cycles, alone = found.latency_cycles, found.estimate.latency_cycles
    say(
        f"{point.label} physical neurons take {len(found.parts)} x {point.device_name}; {cycles.value:,.0f} cycles "
        f"({cycles.low:,.0f} to {cycles.high:,.0f}) with the links, {alone.value:,.0f} without; mean of {images:,} images"
    )
    say(f"wrote {listed(paths)}")


@quiet_threads()
def run_stream(options: Namespace) -> None:
    """The table of the weights that lie outside, and what their memory costs in cycles; none is written where all fit inside."""
    from spikewright.hardware import ExternalMemory, estimate, stream_weights

    memory = ExternalMemory(options.gbit)
    network, activity, point, images = _asked(options)
    found = stream_weights(network, activity, point, memory)
    told = f"{point.label} physical neurons on {point.device_name}"
    if not found.streamed:
        say(f"{told}: its memory blocks suffice, no weights have to lie outside; wrote nothing")
        if not found.estimate.fits:
            say(f"the design {fitting(found.estimate)}; try fewer --lanes, or spikewright partition")
        return
    paths = write_table(found.table, options.out, force=options.force)
    show(found.table, wide=options.wide, places=paths)
    saved, bits = (sum(getattr(one, what) for one in found.streamed) for what in ("blocks_saved", "read_bits"))
    within = estimate(network, activity, point).latency_cycles.value
    fits = f"which {'' if found.estimate.fits else 'still '}{fitting(found.estimate)}"
    say(
        f"{told}, {fits}; weights outside free {saved:,} memory blocks and are read with {bits:,.0f} bits an inference; "
        f"{found.estimate.latency_cycles.value:,.0f} cycles instead of {within:,.0f}; mean of {images:,} images"
    )
    say(f"an estimate: there is no such circuit yet; wrote {listed(paths)}")


def _asked(options: Namespace) -> "tuple[Network, Activity, DesignPoint, int]":
    """Network, activity, design and number of images, once it is sure that the table can be written."""
    check_tables(options)
    stage = hardware_asked(options, DEVICE)
    network, activity, labels = simulated(options.file, options)
    point: Any = (
        design_asked(network, activity, options.design, stage)
        if options.lanes is None
        else lanes_asked(network, options.lanes, stage)
    )
    return network, activity, point, len(labels)
