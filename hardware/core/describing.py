"""From a network to the records of `core.json`; memories and traces are written on the way. `rebuilding` is the way back."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput, __version__, snn
from spikewright.hardware.core import schema, schema_parts
from spikewright.hardware.core.checksums import NONE
from spikewright.hardware.core.circuit_files import placement_of, write_circuit
from spikewright.hardware.core.golden import (
    golden_activity,
    golden_logits,
    golden_potentials,
    golden_rasters,
    senders,
    sends_values,
)
from spikewright.hardware.core.schema_circuit import CoreCircuit, CoreEstimate, CoreProof
from spikewright.hardware.core.stored_weights import write_weights
from spikewright.hardware.core.writer import Writer
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import estimate
from spikewright.hardware.fitting import check_fits
from spikewright.hardware.formal.stored import stored_proofs
from spikewright.hardware.model.bit_widths import CoreWidths, signed_bits, widths

CODES: Mapping[type, Literal["direct", "rate"]] = {snn.Direct: "direct", snn.RateCode: "rate"}


@dataclass(frozen=True, eq=False)
class GoldenInputs:
    """`images (samples, *input shape)` that the traces are made with, and whether they are the user's or synthetic."""

    images: NDArray[np.float32]
    origin: Literal["given", "synthetic"]


def describe(writer: Writer, network: snn.Network, point: DesignPoint, inputs: GoldenInputs) -> schema.Core:
    """The record of `network` built as `point`; its memories, golden traces and circuit are written.

    Raises InvalidInput where the circuit is too large for its device.
    """
    sizes, activity = widths(network), golden_activity(network, inputs.images)
    rasters, logits = golden_rasters(network, activity), golden_logits(activity)
    circuit, without = _circuit(writer.folder, network, point, (rasters, logits))
    cost = estimate(network, activity, point)
    if circuit is not None:
        check_fits(placement_of(circuit, point.fpga), cost)
    return schema.Core(
        checksum=NONE,
        generator=f"spikewright {__version__}",
        device=point.device_name,
        clock_mhz=point.clock_mhz,
        input=network.input,
        output=network.output,
        code=_code(network),
        schedule=network.schedule,
        readout=network.readout,
        logit_scale=network.logit_scale,
        run=schema.CoreRun(fixed=network.run.fixed, largest=network.run.largest),
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
    folder: Path, network: snn.Network, point: DesignPoint, golden: tuple[Any, Any]
) -> tuple[CoreCircuit | None, str | None]:
    """The circuit, or why there is none; the log says so too."""
    try:
        return write_circuit(folder, network, point, golden), None
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


def _code(network: snn.Network) -> schema.CoreCode:
    """Raises InvalidInput for a direct input without levels."""
    levels = network.code.levels
    if network.code.graded and levels is None:
        raise InvalidInput("expected a direct input with levels, got none; call network.to_fixed() first")
    return schema.CoreCode(kind=CODES[type(network.code)], steps=network.code.steps, levels=levels)


def _population(
    writer: Writer, number: int, population: snn.Population, point: DesignPoint, sizes: CoreWidths
) -> schema.CorePopulation:
    layer, stem = point.by_name.get(population.name), f"p{number:02d}"
    neuron = population.neuron
    return schema.CorePopulation(
        name=population.name,
        shape=list(population.shape),
        neuron=NEURONS[type(neuron)](writer, stem, neuron),
        bias=_values(writer, f"{stem}_bias", population.bias),
        initial=_values(writer, f"{stem}_initial", population.initial),
        potential_bits=population.potential_bits if layer else None,
        accumulator_bits=sizes.accumulators.get(population.name),
        physical_neurons=layer.physical_neurons if layer else None,
        lanes=layer.lanes.axes if layer else None,
    )


def _fires(writer: Writer, stem: str, neuron: Any) -> schema_parts.CoreIntegrateFire:
    """IF and LIF: a leak of 2**-k is a shift by k."""
    shift = -round(float(np.log2(neuron.leak))) if neuron.leak else None
    threshold = _values(writer, f"{stem}_threshold", neuron.threshold)
    return schema_parts.CoreIntegrateFire(threshold=threshold, reset=neuron.reset, leak_shift=shift)


def _quant_relu(writer: Writer, stem: str, neuron: snn.QuantReLU) -> schema_parts.CoreQuantReLU:
    multiplier = _values(writer, f"{stem}_multiplier", neuron.multiplier)
    return schema_parts.CoreQuantReLU(multiplier=multiplier, shift=neuron.shift, levels=neuron.levels)


NEURONS: Mapping[type, Callable[[Writer, str, Any], schema_parts.Neuron]] = {
    snn.Source: lambda *_: schema_parts.CoreSource(),
    snn.IF: _fires,
    snn.LIF: _fires,
    snn.Integrator: lambda *_: schema_parts.CoreIntegrator(),
    snn.QuantReLU: _quant_relu,
}
"""Neuron record -> its record in `core.json`; one for each neuron that `snn.core_parts` allows."""


def _projection(writer: Writer, number: int, projection: snn.Projection, sizes: CoreWidths) -> schema.CoreProjection:
    synapse = projection.synapse
    return schema.CoreProjection(
        name=projection.name,
        source=projection.source,
        target=projection.target,
        synapse=SYNAPSES[type(synapse)](writer, f"q{number:02d}", synapse),
        pool=projection.pool,
        channels=projection.channels,
        shift=projection.shift,
        weight_bits=sizes.weights[projection.name],
    )


def _linear(writer: Writer, stem: str, synapse: snn.Linear) -> schema_parts.CoreLinear:
    return schema_parts.CoreLinear(weights=write_weights(writer, stem, synapse.weights))


def _conv2d(writer: Writer, stem: str, synapse: snn.Conv2d) -> schema_parts.CoreConv2d:
    geometry = {name: getattr(synapse, name) for name in ("stride", "padding", "dilation", "groups")}
    return schema_parts.CoreConv2d(weights=write_weights(writer, stem, synapse.weights), **geometry)


def _avgpool2d(writer: Writer, stem: str, synapse: snn.AvgPool2d) -> schema_parts.CoreAvgPool2d:
    gain = _values(writer, f"{stem}_gain", synapse.gain)
    return schema_parts.CoreAvgPool2d(kernel=synapse.kernel, stride=synapse.stride, gain=gain)


def _identity(writer: Writer, stem: str, synapse: snn.Identity) -> schema_parts.CoreIdentity:
    return schema_parts.CoreIdentity(gain=_values(writer, f"{stem}_gain", synapse.gain))


SYNAPSES: Mapping[type, Callable[[Writer, str, Any], schema_parts.Synapse]] = {
    snn.Linear: _linear,
    snn.Conv2d: _conv2d,
    snn.AvgPool2d: _avgpool2d,
    snn.Identity: _identity,
}
"""Synapse record -> its record in `core.json`; one for each synapse that `snn.core_parts` allows."""


def _golden(writer: Writer, network: snn.Network, inputs: GoldenInputs, activity: snn.Activity) -> schema.CoreGolden:
    """Write what every population sends, the potentials of all steps, and the answers."""
    images, rasters = inputs.images, golden_rasters(network, activity)
    places = {p.name: f"p{n:02d}" for n, p in enumerate(network.populations)}
    spikes = {
        p.name: writer.trace(places[p.name], rasters[p.name], values=sends_values(network, p)) for p in senders(network)
    }
    bits = images.reshape(len(images), -1).view(np.uint32).astype(np.int64)
    return schema.CoreGolden(
        samples=len(images),
        origin=inputs.origin,
        images=writer.memory("images", bits, 32, signed=False, place="golden"),
        spikes=spikes,
        potentials={
            p.name: writer.memory(f"{places[p.name]}_potentials", potentials, p.width, place="golden")
            for p in network.populations
            if (potentials := golden_potentials(network, activity, p)) is not None
        },
        logits=writer.memory("logits", golden_logits(activity), 64, place="golden"),
    )


def _values(writer: Writer, stem: str, values: Any) -> schema_parts.Values:
    """One integer inline, several as a memory. Raises InvalidInput for real numbers."""
    array = np.asarray(values)
    if np.any(array != np.floor(array)):
        raise InvalidInput(f"expected integers in {stem}, got real numbers; call network.to_fixed() first")
    if array.ndim == 0:
        return int(array)
    whole = array.astype(np.int64)
    return writer.memory(stem, whole, signed_bits(whole))
