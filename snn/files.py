"""Saving and loading networks: one safetensors file whose metadata holds a JSON header. Loading never runs code.

The header lies under the metadata key "spikewright": {"format": "spikewright.network", "version": 2, "network": {...}},
as `network.schema.json` says. Tensors are named after their place in the network, see `snn.plain`.
"""

import json
from collections.abc import Mapping
from functools import cache
from math import isfinite, prod
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, InvalidNetwork, Kind, atomic_path
from spikewright.files import readable
from spikewright.kinds import in_metadata
from spikewright.snn.file_schema import network_schema
from spikewright.snn.network import Network
from spikewright.snn.plain import from_plain, tensor_names, to_plain
from spikewright.weights import Array
from spikewright.weights.container import unbacked

FORMAT = "spikewright.network"
VERSION = 2
READ = (1, VERSION)
"""Files of the first version name three ways to store weights; since the second one, weights are expressions."""
KEY = "spikewright"
LARGEST_HEADER_BYTES = 64 * 2**20
LARGEST_COUNT = 2**28
"""Most neurons of a population, and most weights that the masks of a file may unfold to: 1 GiB in float32."""
TYPES = ("F16", "F32", "F64", "I8", "I16", "I32", "I64", "U8", "U16", "U32", "U64")

NETWORK_FILE = Kind("a spiking network", in_metadata(KEY))

Json = dict[str, Any]


def save(network: Network, path: str | Path, *, force: bool = False) -> None:
    """Write `network` to one file, all or nothing; the same network gives the same bytes.

    An older network at `path` is replaced, another file only with `force`.
    Raises InvalidFile when the file cannot be written, InvalidNetwork when `load` would refuse it.
    """
    from safetensors.numpy import save as pack

    tensors: dict[str, Array] = {}
    header = {"format": FORMAT, "version": VERSION, "network": to_plain(network, "", tensors)}
    fault = _fault(header)
    if fault is not None:
        raise InvalidNetwork(f"expected a network that can be loaded again, got {fault}")
    text = json.dumps(header, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    with atomic_path(path, NETWORK_FILE, force=force) as temporary:
        temporary.write_bytes(pack(tensors, {KEY: text}))


def load(path: str | Path) -> Network:
    """Read a network that `save` wrote. Sizes are checked before anything is allocated, and the network checks itself.

    Raises InvalidFile when the file is missing, empty, cut off, of another kind or version, or contradicts itself.
    """
    if not isinstance(path, str | Path):
        raise InvalidFile(f"expected the path of a network, got {type(path).__name__}; try the file that save wrote")
    path = Path(path)
    outer = _outer_header(path)
    header = _parse(path, _metadata(path, outer))
    _check_header(path, header)
    _check_tensors(path, header, outer)
    try:
        network = from_plain(header["network"], _read_tensors(path))
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidFile(f"expected a sound network in {path}, got one that is not: {_short(error)}") from error
    assert isinstance(network, Network)
    return network


def _outer_header(path: Path) -> Json:
    """The safetensors header, read with no more trust than its length deserves."""
    try:
        size = readable(path).stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            known = 2 <= length <= min(size - 8, LARGEST_HEADER_BYTES)
            text = file.read(length) if known else b""
    except OSError as error:
        raise InvalidFile(f"expected a network file at {path}, got: {error.strerror}; try another path") from error
    if size == 0:
        raise InvalidFile(f"expected a network file, got an empty one: {path}; save the network again")
    if not text.startswith(b"{"):
        raise InvalidFile(f"expected a safetensors file, got something else or the first piece of one: {path}")
    return _parse(path, text)


def _metadata(path: Path, outer: Json) -> str:
    metadata = outer.get("__metadata__")
    text = metadata.get(KEY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise InvalidFile(f"expected a network that snn.Network.save wrote, got another safetensors file: {path}")
    return text


def _parse(path: Path, text: str | bytes) -> Json:
    """JSON with finite numbers of ordinary size. Raises InvalidFile for anything else."""
    try:
        parsed = json.loads(text, parse_int=_integer, parse_float=_real, parse_constant=_real)
    except (ValueError, RecursionError) as error:
        raise InvalidFile(f"expected JSON in the header of {path}, got: {_short(error)}") from error
    if not isinstance(parsed, dict):
        raise InvalidFile(f"expected a JSON object as the header of {path}, got a {type(parsed).__name__}")
    return parsed


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**63:
        raise ValueError("an integer of more than 64 bits")
    return int(digits)


def _real(digits: str) -> float:
    if not isfinite(float(digits)):
        raise ValueError("a number that is not finite")
    return float(digits)


def _check_header(path: Path, header: Json) -> None:
    if header.get("format") != FORMAT:
        raise InvalidFile(f"expected the format {FORMAT!r} in {path}, got {_short(header.get('format'))}")
    if header.get("version") not in READ:
        got = _short(header.get("version"))
        raise InvalidFile(f"expected version {VERSION} in {path}, got {got}; try the release that wrote the file")
    fault = _fault(header)
    if fault is not None:
        raise InvalidFile(f"expected a header as in network.schema.json, got {fault} in {path}")


def _fault(header: Json) -> str | None:
    """What the schema or the limits have against a header, in a few words."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(header))
    if error is not None:
        return f"{_short(error.message)} at {_short(error.json_path)}"
    network = header["network"]
    orders = [projection.get("order") for projection in network["projections"]]
    shapes = [part["shape"] for part in (*network["populations"], *filter(None, orders))]
    storages = [projection["synapse"].get("weights", {}) for projection in network["projections"]]
    unfolded = sum(prod(storage.get("size", (0,))) + unbacked(storage) for storage in storages)
    return (
        f"more than {LARGEST_COUNT} neurons or weights" if max(unfolded, *map(prod, shapes)) > LARGEST_COUNT else None
    )


def _check_tensors(path: Path, header: Json, outer: Json) -> None:
    present = set(outer) - {"__metadata__"}
    wanted = tensor_names(header["network"])
    if present != wanted:
        name = min(present ^ wanted)
        what = "misses" if name in wanted else "has the unknown"
        raise InvalidFile(f"expected the tensors of the header, got a file that {what} tensor {_short(name)}: {path}")
    for name in sorted(present):
        kind = outer[name].get("dtype") if isinstance(outer[name], dict) else None
        if kind not in TYPES:
            raise InvalidFile(f"expected real numbers or integers in tensor {name!r} of {path}, got {_short(kind)}")


def _read_tensors(path: Path) -> Mapping[str, Array]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, OSError) as error:
        raise InvalidFile(f"expected a whole safetensors file, got: {_short(error)}: {path}; save it again") from error


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(network_schema())


def _short(value: object) -> str:
    """`value` in one line of at most 160 characters: what a hostile file says is not repeated at length."""
    text = " ".join((str(value) if isinstance(value, Exception | str) else repr(value)).split())
    return text if len(text) <= 160 else f"{text[:157]}..."
