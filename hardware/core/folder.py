"""The verb: `export(network, point, folder)`, a folder from which a spike core can be built and checked.

    core.json       what to build: `hardware.core.schema`, with a hash of every other file
    memories/*.mem  weights, biases, thresholds: one hex word a line
    golden/*        inputs, the spikes of every population in every step, and the answers
    README.md       the format in words

Python writes data only; the circuit description reads it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from spikewright import FolderKind, InvalidInput, __version__, atomic_folder, check_folder
from spikewright.hardware.core.golden import synthetic_images, write_golden
from spikewright.hardware.core.readme import readme_text
from spikewright.hardware.core.writer import Writer
from spikewright.hardware.design import DesignPoint, check_point
from spikewright.hardware.model.widths import Widths, signed_bits, unsigned_bits, widths
from spikewright.kinds import json_object
from spikewright.marker import files_below
from spikewright.snn import (
    IF,
    LIF,
    AvgPool2d,
    Codebook,
    Conv2d,
    Dense,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    Rate,
    Source,
    Sparse,
    Storage,
)
from spikewright.snn.streams import check_images

if TYPE_CHECKING:
    from spikewright.hardware.core import schema as core


def _older(folder: Path) -> list[str] | None:
    """The files of a core that was written before folders carried a marker."""
    found = json_object(folder / "core.json")
    if found.get("format") != "spikewright-core":
        return None
    text, listed = str(found), files_below(folder)
    return [name for name in listed if name in ("core.json", "README.md") or repr(name) in text]


CORE_FOLDER = FolderKind("a spike core", older=_older)
_KINDS: dict[type, Literal["direct", "rate"]] = {Direct: "direct", Rate: "rate"}


def export(network: Network, point: DesignPoint, folder: str | Path, *, images: Any = None) -> Path:
    """Write the core of the fixed-point `network` built as `point`; all or nothing, a core that stands there is replaced.

    A folder of anybody else's, or a core with files in it that `export` did not write, is refused and stays as it is.
    `images (samples, *input shape)` in [0, 1] become the golden inputs; without them four synthetic patterns do.
    Returns the folder. Raises InvalidInput for a float32 network, a point of another network, or images that do not
    fit, and InvalidFile when the folder cannot be written.
    """
    check_folder(folder, CORE_FOLDER)  # before the golden runs
    check_point(network, point)
    origin = "synthetic" if images is None else "given"
    inputs = check_images(network, synthetic_images(network) if images is None else images)
    sizes = widths(network)
    with atomic_folder(folder, CORE_FOLDER) as temporary:
        writer = Writer(temporary)
        populations = [_population(writer, n, p, point, sizes) for n, p in enumerate(network.populations)]
        projections = [_projection(writer, n, q, sizes) for n, q in enumerate(network.projections)]
        golden = write_golden(writer, network, inputs, origin)
        whole = _core(network, point, {"populations": populations, "projections": projections, "golden": golden})
        (temporary / "core.json").write_text(whole.model_dump_json(indent=2) + "\n")
        (temporary / "README.md").write_text(readme_text(whole))
    return Path(folder)


def _core(network: Network, point: DesignPoint, parts: dict[str, Any]) -> core.Core:
    from spikewright.hardware.core import schema as core

    code = network.code
    levels = code.levels if isinstance(code, Direct) else None
    if isinstance(code, Direct) and levels is None:
        raise InvalidInput("expected a direct input with levels; call network.to_fixed() first")
    return core.Core(
        generator=f"spikewright {__version__}",
        device=point.device,
        clock_mhz=point.clock_mhz,
        input=network.input,
        output=network.output,
        code=core.Code(kind=_KINDS[type(code)], steps=code.steps, levels=levels),
        schedule=network.schedule,
        readout=network.readout,
        logit_scale=network.logit_scale,
        run=core.Run(fixed=network.run.fixed, largest=network.run.largest),
        report=[core.Row(**asdict(row)) for row in network.report],
        **parts,
    )


def _population(
    writer: Writer, number: int, population: Population, point: DesignPoint, sizes: Widths
) -> core.Population:
    from spikewright.hardware.core import schema as core

    layer = point.by_name.get(population.name)
    stem = f"p{number:02d}"
    return core.Population(
        name=population.name,
        shape=list(population.shape),
        neuron=_neuron(writer, stem, population),
        bias=_values(writer, f"{stem}_bias", population.bias),
        initial=_values(writer, f"{stem}_initial", population.initial),
        potential_bits=population.potential_bits if layer else None,
        accumulator_bits=sizes.accumulators.get(population.name),
        physical_neurons=layer.physical_neurons if layer else None,
        kernel_lanes=layer.kernel_lanes if layer else None,
    )


def _neuron(writer: Writer, stem: str, population: Population) -> core.Neuron:
    from spikewright.hardware.core import schema as core

    neuron = population.neuron
    if isinstance(neuron, IF | LIF):
        shift = -round(float(np.log2(neuron.leak))) if isinstance(neuron, LIF) else None
        threshold = _values(writer, f"{stem}_threshold", neuron.threshold)
        return core.IntegrateFire(threshold=threshold, reset=neuron.reset, leak_shift=shift)
    if isinstance(neuron, QuantReLU):
        multiplier = _values(writer, f"{stem}_multiplier", neuron.multiplier)
        return core.QuantReLU(multiplier=multiplier, shift=neuron.shift, levels=neuron.levels)
    if isinstance(neuron, Integrator):
        return core.Integrator()
    if isinstance(neuron, Source):
        return core.Source()
    raise InvalidInput(f"expected IF, LIF, Integrator or QuantReLU neurons, got {type(neuron).__name__}")


def _projection(writer: Writer, number: int, projection: Projection, sizes: Widths) -> core.Projection:
    from spikewright.hardware.core import schema as core

    return core.Projection(
        name=projection.name,
        source=projection.source,
        target=projection.target,
        synapse=_synapse(writer, f"q{number:02d}", projection),
        pool=projection.pool,
        channels=projection.channels,
        shift=projection.shift,
        weight_bits=sizes.weights[projection.name],
    )


def _synapse(writer: Writer, stem: str, projection: Projection) -> core.Synapse:
    from spikewright.hardware.core import schema as core

    synapse = projection.synapse
    if isinstance(synapse, Linear):
        return core.Linear(weights=_storage(writer, stem, synapse.weights))
    if isinstance(synapse, Conv2d):
        geometry = {name: getattr(synapse, name) for name in ("stride", "padding", "dilation", "groups")}
        return core.Conv2d(weights=_storage(writer, stem, synapse.weights), **geometry)
    if isinstance(synapse, AvgPool2d):
        gain = _values(writer, f"{stem}_gain", synapse.gain)
        return core.AvgPool2d(kernel=synapse.kernel, stride=synapse.stride, gain=gain)
    if isinstance(synapse, Identity):
        return core.Identity(gain=_values(writer, f"{stem}_gain", synapse.gain))
    raise InvalidInput(f"expected Linear, Conv2d, AvgPool2d or Identity, got {type(synapse).__name__}")


def _storage(writer: Writer, stem: str, storage: Storage) -> core.Storage:
    from spikewright.hardware.core import schema as core

    if storage.scale is not None:
        raise InvalidInput("expected integer weights without a scale; call network.to_fixed() first")
    if isinstance(storage, Dense):
        return core.Dense(values=writer.memory(f"{stem}_weights", storage.values, signed_bits(storage.values)))
    if isinstance(storage, Codebook):
        indices = writer.memory(f"{stem}_indices", storage.indices, unsigned_bits(storage.table.size), signed=False)
        return core.Codebook(
            indices=indices, table=writer.memory(f"{stem}_table", storage.table, signed_bits(storage.table))
        )
    return _sparse(writer, stem, storage)


def _sparse(writer: Writer, stem: str, storage: Sparse) -> core.Sparse:
    from spikewright.hardware.core import schema as core

    size = [int(extent) for extent in storage.size]
    if not storage.indices.size:
        return core.Sparse(size=size, indices=None, values=None)
    bits = unsigned_bits(int(np.prod(size)))
    indices = writer.memory(f"{stem}_indices", storage.indices, bits, signed=False)
    return core.Sparse(
        size=size, indices=indices, values=writer.memory(f"{stem}_values", storage.values, signed_bits(storage.values))
    )


def _values(writer: Writer, stem: str, values: Any) -> core.Values:
    """One integer inline, several as a memory."""
    array = np.asarray(values)
    if np.any(array != np.floor(array)):
        raise InvalidInput(f"expected integers in {stem}; call network.to_fixed() first")
    if array.ndim == 0:
        return int(array)
    whole = array.astype(np.int64)
    return writer.memory(stem, whole, signed_bits(whole))
