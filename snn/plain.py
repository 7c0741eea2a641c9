"""A network's records as plain JSON values plus named arrays, and back. Generic over the dataclasses of the data model.

A record becomes {"type": its name in files, one entry for each field}; an array becomes {"tensor": its name}, named after its
place, for example `populations/1/neuron/threshold`; an index map becomes its `MapRuns`; weights are described by
`spikewright.weights.encode`, packed at their width.
Only the classes in `RECORDS` and the nodes of weights are ever built.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from typing import Any

import numpy as np

from spikewright.answers import Head
from spikewright.index_maps import IndexMap
from spikewright.linear_tails import Tail
from spikewright.map_runs import MapRuns, runs_of
from spikewright.snn import codes, decisions, neurons, synapses
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.report import Report, ReportRow
from spikewright.snn.running import InputRange, Run, TwoPhase
from spikewright.snn.verdicts import Trial, Verdict
from spikewright.weights import Array, Expression, array_names, codebook, decode, dense, encode, sparse

NODES = (
    Network,
    Population,
    Projection,
    Report,
    ReportRow,
    Run,
    TwoPhase,
    InputRange,
    Verdict,
    Trial,
    MapRuns,
    Head,
    Tail,
)
LEAVES = (*neurons.NEURONS, *codes.CODES, *decisions.DECISIONS, *synapses.SYNAPSES)


def tag_of(record: type[Any]) -> str:
    """The name of a class of records in files: its own, or its `tag` where it had another one when files were first written."""
    return str(vars(record).get("tag", record.__name__))


def _sparse(size: tuple[int, ...], indices: Any, values: Any, scale: Any = None) -> Expression:
    return sparse(size, indices, values, scale)


OF_VERSION_1: Mapping[str, Callable[..., Any]] = {"Dense": dense, "Sparse": _sparse, "Codebook": codebook}
"""How the first version of files called the ways to store weights."""
RECORDS: Mapping[str, type[Any]] = {tag_of(record): record for record in (*NODES, *LEAVES)}


def to_plain(value: Any, place: str, tensors: dict[str, Array]) -> Any:
    """`value` as JSON values; its arrays are put into `tensors` under names that begin with `place`."""
    if isinstance(value, Expression):
        description, arrays = encode(value, place.lstrip("/"))
        tensors.update(arrays)
        return description
    if isinstance(value, IndexMap):
        return to_plain(runs_of(value), place, tensors)
    if is_dataclass(value):
        parts = {
            f.name: to_plain(getattr(value, f.name), f"{place}/{f.name}", tensors)
            for f in fields(value)
            if _said(value, f)
        }
        return {"type": tag_of(type(value)), **parts}
    if isinstance(value, tuple):
        return [to_plain(item, f"{place}/{number}", tensors) for number, item in enumerate(value)]
    if isinstance(value, np.ndarray) and value.ndim:
        name = place.lstrip("/")
        tensors[name] = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        return {"tensor": name}
    return value.item() if isinstance(value, np.ndarray | np.generic) else value


def _said(record: Any, part: Field[Any]) -> bool:
    """Whether a field is written: one that came later, with "absent" in its metadata, only where it has another value."""
    if "absent" not in part.metadata:
        return True
    value, absent = getattr(record, part.name), part.metadata["absent"]
    return (
        value is not None if absent is None else bool(value != absent)
    )  # arrays are only left out where they are None


def from_plain(node: Any, tensors: Mapping[str, Array]) -> Any:
    """The inverse of `to_plain`. Records check themselves. Raises KeyError for an unknown type or tensor."""
    if isinstance(node, list):
        return tuple(from_plain(item, tensors) for item in node)
    if not isinstance(node, dict):
        return node
    if "node" in node:
        return decode(node, {name: tensors[name] for name in array_names(node)})
    if "tensor" in node:
        return tensors[node["tensor"]]
    record = OF_VERSION_1.get(node["type"]) or RECORDS[node["type"]]
    made = record(**{name: from_plain(part, tensors) for name, part in node.items() if name != "type"})
    return made.unfolded() if isinstance(made, MapRuns) else made


def tensor_names(node: Any) -> set[str]:
    """The names of all arrays that a plain value mentions."""
    if isinstance(node, dict) and "tensor" in node:
        return {node["tensor"]}
    if isinstance(node, dict) and "node" in node:
        return array_names(node)
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return set().union(*(tensor_names(part) for part in parts))
