"""From a network to the records of `core.json`; memories and traces are written on the way. `rebuilding` is the way back."""

import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from spikewright import InvalidInput, __version__, snn
from spikewright.hardware.circuit.record import EVENTS, Ends
from spikewright.hardware.circuit.stepping import left_bits
from spikewright.hardware.core import schema, schema_parts
from spikewright.hardware.core.checksums import NONE
from spikewright.hardware.core.circuit_files import placement_of, write_circuit
from spikewright.hardware.core.golden import (
    GoldenTraces,
    golden_activity,
    golden_logits,
    golden_potentials,
    golden_rasters,
    senders,
    sends_numbers,
    unscaled,
)
from spikewright.hardware.core.parts import described_neuron, described_rule, described_synapse, described_value
from spikewright.hardware.core.schema_circuit import CoreCircuit, CoreEstimate, CoreProof
from spikewright.hardware.core.writer import Writer
from spikewright.hardware.design_points import DesignPoint, time_multiplexed
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import estimate
from spikewright.hardware.fitting import check_fits
from spikewright.hardware.formal.stored import stored_proofs
from spikewright.hardware.model.bit_widths import CoreWidths, signed_bits, widths
from spikewright.index_maps import IndexMap
from spikewright.snn.running import Run


@dataclass(frozen=True, eq=False)
class GoldenInputs:
    """`images (samples, *input shape)` in float32 that the traces are made with, scaled to [0, 1], or the events of a camera, one
    array a sample, and whether they are the user's or synthetic."""

    images: Any
    origin: Literal["given", "synthetic"]


def describe(
    writer: Writer, network: snn.Network, point: DesignPoint, inputs: GoldenInputs, ends: Ends = EVENTS
) -> schema.Core:
    """The record of `network` built as `point`, reached as `ends` say; its memories, golden traces and circuit are written.

    Raises InvalidInput where the circuit is too large for its device.
    """
    sizes, activity = widths(network), golden_activity(unscaled(network), inputs.images)
    traces = GoldenTraces.of(unscaled(network), activity, inputs.images)
    circuit, without = _circuit(writer.folder, network, point, traces, ends)
    cost = estimate(network, activity, point)
    if circuit is not None:
        corner = time_multiplexed(network, device=point.fpga, clock_mhz=point.clock_mhz)
        smallest = replace(corner, loads=point.loads)
        check_fits(placement_of(circuit, point.fpga), cost, lambda: estimate(network, activity, smallest))
    return schema.Core(
        checksum=NONE,
        generator=f"spikewright {__version__}",
        device=point.device_name,
        clock_mhz=point.clock_mhz,
        input=network.input,
        output=network.output,
        code=described_rule(network.code),
        schedule=network.schedule,
        readout=network.readout,
        logit_scale=network.logit_scale,
        decision=None if network.decision is None else described_rule(network.decision),
        run=_run(network.run),
        report=[schema.CoreRow(**asdict(row)) for row in network.report],
        populations=[_population(writer, n, p, point, sizes) for n, p in enumerate(network.populations)],
        projections=[_projection(writer, n, q, sizes) for n, q in enumerate(network.projections)],
        golden=_golden(writer, network, inputs, activity),
        circuit=circuit,
        without_circuit=without,
        estimates=_estimates(cost),
        proofs=_proofs(writer.folder),
    )


def _circuit(
    folder: Path, network: snn.Network, point: DesignPoint, golden: GoldenTraces, ends: Ends
) -> tuple[CoreCircuit | None, str | None]:
    """The circuit, or why there is none; the log says so too."""
    try:
        return write_circuit(folder, network, point, golden, ends), None
    except InvalidInput as error:
        logging.getLogger(__name__).warning("the core has no circuit: %s", error)
        return None, str(error)


def _proofs(folder: Path) -> list[CoreProof]:
    """What is known of the modules of the core."""
    mine = {path.stem for path in (folder / "rtl").glob("*.v")}
    rows = [proof.row() for proof in stored_proofs() if proof.module in mine]
    return [CoreProof(**{key: row[key] for key in CoreProof.model_fields}) for row in rows]


def _estimates(found: Estimate) -> list[CoreEstimate]:
    intervals = {"lut": found.lut, "ff": found.ff, "latency_cycles": found.latency_cycles}
    intervals |= {"fpga_energy_uj": found.fpga_energy_uj, "asic45_energy_nj": found.asic45_energy_nj}
    exact = {"dsp": found.dsp, "weight_memory_bits": found.weight_memory_bits}
    rows = [CoreEstimate(name=name, value=one.value, low=one.low, high=one.high) for name, one in intervals.items()]
    return rows + [CoreEstimate(name=name, value=count, low=count, high=count) for name, count in exact.items()]


def _population(
    writer: Writer, number: int, population: snn.Population, point: DesignPoint, sizes: CoreWidths
) -> schema.CorePopulation:
    layer, stem = point.by_name.get(population.name), f"p{number:02d}"
    return schema.CorePopulation(
        name=population.name,
        shape=list(population.shape),
        neuron=described_neuron(writer, stem, population.neuron),
        bias=described_value(writer, f"{stem}_bias", population.bias),
        initial=described_value(writer, f"{stem}_initial", population.initial),
        potential_bits=population.potential_bits if layer else None,
        accumulator_bits=sizes.accumulators.get(population.name),
        physical_neurons=layer.physical_neurons if layer else None,
        lanes=layer.lanes.axes if layer else None,
    )


def _projection(writer: Writer, number: int, projection: snn.Projection, sizes: CoreWidths) -> schema.CoreProjection:
    stem = f"q{number:02d}"
    return schema.CoreProjection(
        name=projection.name,
        source=projection.source,
        target=projection.target,
        synapse=described_synapse(writer, stem, projection.synapse),
        pool=projection.pool,
        channels=projection.channels,
        shift=projection.shift,
        weight_bits=sizes.weights[projection.name],
        delay=projection.delay,
        order=None if projection.order is None else _order(writer, stem, projection.order),
    )


def _order(writer: Writer, stem: str, order: IndexMap) -> schema_parts.CoreOrder:
    addresses = order.addresses.astype(np.int64)
    return schema_parts.CoreOrder(addresses=writer.memory(f"{stem}_order", addresses, signed_bits(addresses)))


def _golden(writer: Writer, network: snn.Network, inputs: GoldenInputs, activity: snn.Activity) -> schema.CoreGolden:
    """Write what every population sends, the potentials of all steps, and the answers."""
    rasters = golden_rasters(network, activity)
    places = {p.name: f"p{n:02d}" for n, p in enumerate(network.populations)}
    spikes = {
        p.name: writer.trace(places[p.name], rasters[p.name], values=sends_numbers(network, p))
        for p in senders(network)
    }
    return schema.CoreGolden(
        samples=len(inputs.images),
        origin=inputs.origin,
        images=_images(writer, inputs.images),
        spikes=spikes,
        potentials={
            p.name: writer.memory(f"{places[p.name]}_potentials", potentials, left_bits(network, p), place="golden")
            for p in network.populations
            if (potentials := golden_potentials(network, activity, p)) is not None
        },
        logits=writer.memory("logits", golden_logits(activity), 64, place="golden"),
    )


def _run(run: Run) -> schema.CoreRun:
    known = run.input_range
    return schema.CoreRun(
        fixed=run.fixed, largest=run.largest, input_range=None if known is None else (known.low, known.high)
    )


def _images(writer: Writer, images: Any) -> schema_parts.CoreMemory | None:
    """The bits of images; of the events of a camera nothing, since they are what the input sends."""
    if not isinstance(images, np.ndarray):
        return None
    bits = images.reshape(len(images), -1).view(np.uint32).astype(np.int64)
    return writer.memory("images", bits, 32, signed=False, place="golden")
