"""Networks to NIR graphs and back: what `snn.interop.nir` offers."""

import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import InvalidFile, InvalidInput, InvalidNetwork
from spikewright.optional import require
from spikewright.snn.files import load, save
from spikewright.snn.interop.nir.exporting import build
from spikewright.snn.interop.nir.file import read, short, write
from spikewright.snn.interop.nir.importing import network_of
from spikewright.snn.interop.nir.permissions import PERMISSIONS, Carried, carried
from spikewright.snn.interop.nir.reading import Reading
from spikewright.snn.network import Network
from spikewright.snn.requirements import check_one_phase

WHOLE, STEP, NOTES = "spikewright_network", "spikewright_dt", "spikewright_carried"
DERIVED = ("input_type", "output_type", "input_shape", "metadata")


def to_nir(network: Network, *, allow: Collection[str] = (), dt: float = 1e-4) -> Any:
    """`network` as a `nir.NIRGraph`, one step being `dt` seconds.

    Networks count in steps, NIR in seconds: `dt` is the exchange rate and changes nothing here. LIF gets tau = dt / leak and
    r = 1 / leak, so that one Euler step of dt, v + dt / tau (r I - v), is (1 - leak) V + I; Delay gets delay * dt; IF and
    Integrator have r = 1 and a current enters V as it is in each step, not times dt. A reader must step by the same dt, which NIR
    has no field for: it stands in the metadata as "spikewright_dt", which `from_nir` checks; with a `Reading` it is
    `Convention.dt`, of `SNNTORCH` 1e-4 as here; for another, Reading(code, dataclasses.replace(SNNTORCH, dt=dt)).
    `allow`: what may be left to metadata although other tools then compute other spikes, of `PERMISSIONS`: "reset" (by
    subtraction), "initial", "refractory", "bias", "schedule", "fixed", "code"; `carried(network)` lists what a network needs.
    Raises InvalidNetwork for a permission that is missing and, whatever is allowed, for neurons and synapses that NIR has
    no node for; MissingTool without the package nir.
    """
    require("nir")
    check_one_phase(network, "NIR")
    if network.run.input_range is not None:
        raise InvalidInput(
            "expected a network of inputs in [0, 1], got one with a range; try the scaling inside the model"
        )
    if not (np.isfinite(dt) and dt > 0):
        raise InvalidInput(f"expected a step of dt > 0 seconds, got {dt}")
    rows = carried(network)
    _check_permissions(rows, allow)
    notes = "\n".join(f"{row.what} of {row.where}: {row.detail}" for row in rows)
    return build(network, dt, {WHOLE: _packed(network), STEP: float(dt), NOTES: notes})


def _check_permissions(rows: Sequence[Carried], allow: Collection[str]) -> None:
    """Raise InvalidNetwork for what changes spikes and is not allowed, InvalidInput for a permission that is none."""
    unknown = set(allow) - set(PERMISSIONS)
    if unknown:
        raise InvalidInput(f"expected permissions among {', '.join(PERMISSIONS)}, got {', '.join(sorted(unknown))}")
    needed = [row for row in rows if row.changes and row.what not in allow]
    if needed:
        what = "; ".join(f"{row.what} of {row.where} ({row.detail})" for row in needed[:4])
        names = tuple(dict.fromkeys([*allow, *(row.what for row in needed)]))
        raise InvalidNetwork(
            f"another tool would compute other spikes from this file, NIR 1.0 cannot say: {what}; try allow={names!r}"
        )


def write_nir(graph: Any, path: str | Path, *, force: bool = False) -> None:
    """Write a graph to a NIR file (HDF5), all or nothing.

    A file that this function wrote is replaced, another one only with `force`. Raises InvalidFile when it cannot be written.
    """
    write(graph, path, force=force)


def from_nir(source: Any, *, reading: Reading | None = None) -> Network:
    """The network in a NIR file or `nir.NIRGraph`.

    Without `reading` it is the one that `to_nir` left in the metadata, bit for bit. With `reading` the metadata is not looked
    at and the nodes are read as `reading` says. Raises InvalidFile for a file that is missing, cut off or hostile, or whose
    nodes were changed after `to_nir`; InvalidNetwork for a graph that has no counterpart here, naming the node.
    """
    require("nir")
    graph = read(source) if isinstance(source, str | Path) else source
    if not isinstance(graph, require("nir").NIRGraph):
        raise InvalidInput(f"expected a path or a nir.NIRGraph, got {type(graph).__name__}")
    if reading is not None:
        return network_of(graph, reading)
    if WHOLE not in graph.metadata:
        raise InvalidNetwork(
            "expected a NIR graph that to_nir made, got one of another tool; try reading=Reading(Direct(steps=32), SNNTORCH)"
        )
    return _own(graph)


def _packed(network: Network) -> Any:
    """The network's own file as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.safetensors"
        save(network, path)
        return np.frombuffer(path.read_bytes(), dtype=np.uint8)


def _own(graph: Any) -> Network:
    """The network in the metadata, once its nodes are proved to be those of the graph."""
    packed, dt = np.asarray(graph.metadata[WHOLE]), graph.metadata.get(STEP)
    if packed.dtype != np.uint8 or packed.ndim != 1 or not isinstance(dt, float) or not (np.isfinite(dt) and dt > 0):
        raise InvalidFile("expected the bytes of a network and its step as NIR metadata, got something else")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "metadata.safetensors"
        path.write_bytes(packed.tobytes())
        network = load(path)
    difference = _difference(graph, build(network, dt, {}))
    if difference:
        raise InvalidFile(f"expected nodes that agree with the metadata, got {difference}; try from_nir(reading=...)")
    return network


def _difference(graph: Any, wanted: Any) -> str:
    """What `graph` says otherwise than `wanted`, in words; empty when nothing."""
    if graph.nodes.keys() != wanted.nodes.keys() or set(graph.edges) != set(wanted.edges):
        return "other nodes or edges"
    for name, node in wanted.nodes.items():
        found = graph.nodes[name]
        if type(found) is not type(node):
            return f"a {type(found).__name__} as {short(name)!r}"
        for attribute, value in vars(node).items():
            if attribute not in DERIVED and not _same(getattr(found, attribute, None), value):
                return f"another {attribute} of {short(name)!r}"
    return ""


def _same(one: Any, other: Any) -> bool:
    return one is not None and np.array_equal(np.asarray(one), np.asarray(other))
