"""One file for a Compressed: safetensors with a versioned JSON header. Loading runs no code from the file.

Its numbers are one tensor of bytes (`compress.storing.contents`): what is on disk is what the Footprint counts, and the header,
which describes the expressions of the weights. A checksum over header and numbers refuses a file of which any bit has changed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as pack
from torch import nn

from spikewright import InvalidFile, InvalidInput, Kind, atomic_path
from spikewright.compress.compressed import Compressed
from spikewright.compress.freshness import fresh
from spikewright.compress.graph.models import check_finite, check_present, plain_copy
from spikewright.compress.graph.rewrite import replay
from spikewright.compress.storing import first_version, second_version
from spikewright.compress.storing.architecture import fingerprint
from spikewright.compress.storing.contents import decode, encode
from spikewright.compress.storing.header import Header, parse
from spikewright.files import readable
from spikewright.kinds import in_metadata

VERSION = 3
_KEY = "spikewright.compressed"
_DATA = "data"
COMPRESSED_FILE = Kind("a compressed network", in_metadata(_KEY))


def save(compressed: Compressed, path: str | Path, *, force: bool = False) -> None:
    """Write a Compressed to one file, all or nothing; the same network gives the same bytes.

    Weights lie in it as `compressed.footprint` counts them: at their width, the zeros left out in the cheapest way, one
    scale once; everything else as it is. A model that was trained on by hand is taken if its weights still are integers
    times their scales, and zero where they were pruned.
    An older Compressed at `path` is replaced, another file only with `force`.
    Raises InvalidInput for anything but a Compressed, and for weights that are no longer what it says, with what to try;
    InvalidFile when the folder cannot be written.
    """
    if not isinstance(compressed, Compressed):
        raise InvalidInput(f"expected a Compressed, got {type(compressed).__name__}; try prune or quantize first")
    check_present(compressed.model)
    check_finite(compressed.model)
    compressed = fresh(compressed)
    entries, data = encode(compressed)
    header = _header(compressed) | entries
    text = json.dumps(header | {"check": checksum(header, data)}, separators=(",", ":"))
    numbers = torch.frombuffer(bytearray(data), dtype=torch.uint8)
    with atomic_path(path, COMPRESSED_FILE, force=force) as temporary:
        temporary.write_bytes(pack({_DATA: numbers}, metadata={_KEY: text}))


def load(path: str | Path, model: nn.Module) -> Compressed:
    """Read a Compressed back onto `model`, the architecture that was compressed (its weights do not matter).

    `model` itself is not changed. Raises InvalidFile when the file is missing, truncated, damaged, of another version,
    inconsistent, or made for another architecture.
    """
    text, tensors = _read(Path(path))
    header = _parse(text, tensors, Path(path))
    module = _rebuilt(model, header, path)
    try:
        if header.version == 1:
            return first_version.restore(module, header, tensors)
        read = second_version.decode if header.version == 2 else decode
        return read(module, header, tensors[_DATA].numpy().tobytes())
    except InvalidInput as error:
        raise InvalidFile(f"expected a consistent file that fits the architecture, got {path}: {error}") from error


def _header(compressed: Compressed) -> dict[str, Any]:
    """What the header says besides the weights."""
    return {
        "version": VERSION,
        "steps": list(compressed.steps),
        "rewrites": [astuple(change)[: None if change.made else -1] for change in compressed.rewrites],
        "input_shape": compressed.input_shape,
        "architecture": fingerprint(compressed.model),
    }


def _rebuilt(model: nn.Module, header: Header, path: str | Path) -> nn.Module:
    """A copy of the architecture with the changes to its graph. Raises InvalidFile for another one."""
    try:
        module = replay(plain_copy(model), header.input_shape, header.rewrites).eval()
    except InvalidInput as error:
        raise InvalidFile(f"expected the architecture that {path} was made from, got: {error}") from error
    if header.architecture and header.architecture != fingerprint(module):
        raise InvalidFile(
            f"expected the architecture that {path} was made from, got one with other modules, settings or numbers; "
            "try the model as it was when it was compressed"
        )
    return module


def checksum(header: Mapping[str, Any], data: bytes) -> str:
    """The first half of the SHA-256 of the header, without its checksum, and the numbers."""
    told = json.dumps({key: value for key, value in header.items() if key != "check"}, sort_keys=True)
    return hashlib.sha256(told.encode() + b"\0" + data).hexdigest()[:32]


def _read(path: Path) -> tuple[str, dict[str, torch.Tensor]]:
    readable(path)
    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            return metadata.get(_KEY, ""), {key: file.get_tensor(key) for key in file.keys()}
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError, AttributeError) as error:
        raise InvalidFile(f"expected a compressed network at {path}, got: {error}; try to save it again") from error


def _parse(text: str, tensors: Mapping[str, torch.Tensor], path: Path) -> Header:
    try:
        found = json.loads(text)
        if found["version"] not in (1, 2, VERSION):
            raise InvalidFile(
                f"expected version 1 to {VERSION} of a compressed network, got {found['version']!r} in {path}; "
                "try a newer version of this program"
            )
        if found["version"] != 1:
            _check(found, tensors, path)
        return parse(found)
    except InvalidFile:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidFile(f"expected the header of a compressed network in {path}, got: {error!r}") from error


def _check(found: Mapping[str, Any], tensors: Mapping[str, torch.Tensor], path: Path) -> None:
    data = tensors.get(_DATA)
    if set(tensors) != {_DATA} or data is None or data.dtype != torch.uint8 or data.ndim != 1:
        raise InvalidFile(
            f"expected one tensor of bytes in {path}, got {', '.join(tensors) or 'none'}; try to save it again"
        )
    if found["check"] != checksum(found, data.numpy().tobytes()):
        raise InvalidFile(
            f"expected the bytes that were saved, got others in {path}: it is damaged; try an older copy of it"
        )
