"""The way back: `load_core` rebuilds the network from a core's folder."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from spikewright import InvalidFile, InvalidInput, SpikewrightError
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.core.checksums import check_files, check_text
from spikewright.hardware.core.hexfiles import read_memory
from spikewright.hardware.design_points import DesignPoint, check_point
from spikewright.hardware.devices import Device, listed
from spikewright.hardware.devices import device as find_device
from spikewright.hardware.layer_designs import LayerDesign, spread
from spikewright.hardware.model.bit_widths import widths
from spikewright.snn import Network

if TYPE_CHECKING:
    from spikewright.hardware.core.schema import Core, CorePopulation

MAX_JSON_BYTES = 2**24


def load_core(folder: str | Path, *, device: Device | str | Path | None = None) -> tuple[Core, Network]:
    """`(core, network)` from a folder that `export` wrote: the same integers as the exported network.

    `device`: one that is not in DEVICES, for a core that was exported for it: its record or its YAML or TOML file.
    Sizes and hashes are checked before a file is used, no code is run, links are not followed. Raises InvalidFile when
    anything is missing, damaged, of another version, or contradicts itself.
    """
    from spikewright.hardware.core.rebuilding import rebuild  # pydantic loads when it is needed

    if not isinstance(folder, str | Path):
        raise InvalidFile(f"expected the folder of a core, got {type(folder).__name__}; try the one that export wrote")
    folder = Path(folder)
    whole = read_core(folder)
    if whole.checksum is not None:
        check_text((folder / "core.json").read_text("utf-8"), whole.checksum)
    check_files(folder, whole.files)
    try:
        network = rebuild(whole, lambda memory: read_memory(folder, memory))
        check_point(network, core_point(whole, device))
        _check_widths(whole, network)
    except InvalidFile:
        raise
    except (SpikewrightError, ValueError, TypeError, OverflowError) as error:
        raise InvalidFile(f"expected a core that describes a network, got: {error}") from error
    return whole, network


def core_point(whole: Core, device: Device | str | Path | None = None) -> DesignPoint:
    """The design that a core was exported with. Raises InvalidInput when it is none.

    `device`: the device, where its name is not in DEVICES: its record or its file.
    """
    layers = tuple(LayerDesign(p.name, _lanes(p)) for p in whole.populations if p.physical_neurons is not None)
    loads = whole.circuit is not None and whole.circuit.loads is not None
    return DesignPoint(layers, whole.clock_mhz, _device(whole, device), loads)


def _device(whole: Core, own: Device | str | Path | None) -> Device:
    """The device of a core by its name: the user's own, or one of DEVICES."""
    record = None if own is None else find_device(own)
    if record is not None and record.name == whole.device:
        return record
    try:
        return listed(whole.device)
    except InvalidInput as error:
        told = "none" if record is None else repr(record.name)
        raise InvalidInput(
            f"expected the device {whole.device!r:.60} that the core was exported for, got {told};"
            " try device=, its record or its file"
        ) from error


def _lanes(one: CorePopulation) -> PhysicalLanes:
    """Those of a population; where an older core says only how many positions there are, the squarest that cover its map."""
    count, positions = one.physical_neurons or 1, one.kernel_lanes or 1
    lanes = one.lanes
    if lanes is None and count % positions == 0:
        area = spread(tuple(one.shape), positions)
        lanes = None if area is None else (count // positions, *area)
    if lanes is None or prod(lanes) != count:
        told = f"{count} with {one.lanes or f'{positions} kernel lanes'}"
        raise InvalidInput(
            f"expected physical neurons = channels x rows x columns for {one.name!r} of shape {one.shape}, got {told};"
            " try to export the network again"
        )
    return PhysicalLanes(*lanes)


def _check_widths(whole: Core, network: Network) -> None:
    """The widths in the file are those of its integers."""
    sizes = widths(network)
    for projection in whole.projections:
        if projection.weight_bits < sizes.weights[projection.name]:
            raise InvalidFile(f"expected weights of {projection.name!r} within {projection.weight_bits} bits")
    for population in whole.populations:
        needed = sizes.accumulators.get(population.name)
        if needed is not None and (population.accumulator_bits or 0) < needed:
            raise InvalidFile(f"expected an accumulator of {needed} bits for {population.name!r}")


def read_core(folder: Path) -> Core:
    """`core.json` through its model. Raises InvalidFile."""
    from pydantic import ValidationError

    from spikewright.hardware.core.schema import Core

    path = folder / "core.json"
    if path.is_symlink() or not path.is_file():
        raise InvalidFile(f"expected a core.json in {folder}, got none; try the folder that export wrote")
    if path.stat().st_size > MAX_JSON_BYTES:
        raise InvalidFile(f"expected a core.json of at most {MAX_JSON_BYTES} bytes, got {path.stat().st_size}")
    try:
        found = Core.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        if place == "version":
            raise InvalidFile(
                f"expected a core.json of version 1 or 2 in {folder}, got another; try a newer spikewright, or export again"
            ) from error
        raise InvalidFile(
            f"expected a core.json that follows its schema in {folder}, got one that does not at {place}: {first['msg']};"
            " try the one that export wrote, or export again"
        ) from error
    if found.version > 1 and (found.checksum is None or not found.files):
        raise InvalidFile(
            f"expected a core.json of version 2 with checksum and files in {folder}, got none; try to export again"
        )
    return found
