"""One file for a Compressed: safetensors with a versioned JSON header. Loading runs no code from the file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as pack
from torch import nn

from compress.compressed import Compressed
from compress.graph import plain_copy
from compress.layers import weight_layers
from compress.quantizers import QuantReLU, largest_integer, to_values
from compress.rewrite import Rewrite, replay
from spikewright import InvalidFile, InvalidInput, Kind, atomic_path
from spikewright.kinds import in_metadata

VERSION = 1
_KEY = "spikewright.compressed"
_MOST_INPUTS = 1 << 24
COMPRESSED_FILE = Kind("a compressed network", in_metadata(_KEY))


@dataclass(frozen=True)
class _Header:
    """The JSON part of the file."""

    steps: tuple[str, ...]
    bits: Mapping[str, int]
    rewrites: tuple[Rewrite, ...]
    input_shape: tuple[int, ...] | None


def save(compressed: Compressed, path: str | Path, *, force: bool = False) -> None:
    """Write a Compressed to one file, all or nothing; the same network gives the same bytes.

    Quantised weights are kept as int8 codes and float32 scales, masks as packed bits, all else as it is.
    An older Compressed at `path` is replaced, another file only with `force`.
    Raises InvalidInput for anything but a Compressed, InvalidFile when the folder cannot be written.
    """
    if not isinstance(compressed, Compressed):
        raise InvalidInput(f"expected a Compressed, got {type(compressed).__name__}; try prune or quantize first")
    header = {
        "version": VERSION,
        "steps": list(compressed.steps),
        "bits": dict(compressed.bits),
        "rewrites": [asdict(change) for change in compressed.rewrites],
        "input_shape": compressed.input_shape,
    }
    with atomic_path(path, COMPRESSED_FILE, force=force) as temporary:
        temporary.write_bytes(pack(_tensors(compressed), metadata={_KEY: json.dumps(header, sort_keys=True)}))


def load(path: str | Path, model: nn.Module) -> Compressed:
    """Read a Compressed back onto `model`, the architecture that was compressed (its weights do not matter).

    `model` itself is not changed. Raises InvalidFile when the file is missing, truncated, of another version,
    inconsistent, or made for another architecture.
    """
    text, tensors = _read(Path(path))
    header = _parse(text, Path(path))
    try:
        module = replay(plain_copy(model), header.input_shape, header.rewrites).eval()
    except InvalidInput as error:
        raise InvalidFile(f"expected the architecture that {path} was made from, got: {error}") from error
    try:
        return _restore(module, header, tensors)
    except InvalidInput as error:
        raise InvalidFile(f"expected a consistent file that fits the architecture, got {path}: {error}") from error


def _tensors(compressed: Compressed) -> dict[str, torch.Tensor]:
    state = compressed.model.state_dict()
    tensors = {f"state/{key}": state[key].detach().clone().contiguous() for key in _float_keys(state, compressed.bits)}
    for path, (codes, scale) in compressed.integers.items():
        tensors[f"codes/{path}"], tensors[f"scale/{path}"] = torch.tensor(codes), torch.tensor(scale)
    for path, mask in compressed.masks.items():
        tensors[f"mask/{path}"] = torch.tensor(np.packbits(mask.numpy().ravel()))
    return tensors


def _float_keys(state: Mapping[str, Any], bits: Mapping[str, int]) -> list[str]:
    """The state that is stored as it is: everything but the weights that have codes."""
    return [key for key in state if key not in {f"{path}.weight" for path in bits}]


def _read(path: Path) -> tuple[str, dict[str, torch.Tensor]]:
    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            return metadata.get(_KEY, ""), {key: file.get_tensor(key) for key in file.keys()}
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError, AttributeError) as error:
        raise InvalidFile(f"expected a compressed network at {path}, got: {error}; try to save it again") from error


def _parse(text: str, path: Path) -> _Header:
    try:
        header = json.loads(text)
        if header["version"] != VERSION:
            raise InvalidFile(
                f"expected version {VERSION} of a compressed network, got {header['version']!r} in {path}"
            )
        shape = header["input_shape"]
        return _Header(
            tuple(str(step) for step in header["steps"]),
            {str(layer): _integer(bits, 2, 8) for layer, bits in header["bits"].items()},
            tuple(_rewrite(change) for change in header["rewrites"]),
            None if shape is None else _shape(shape),
        )
    except InvalidFile:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidFile(f"expected the header of a compressed network in {path}, got: {error!r}") from error


def _integer(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{value!r} where an integer from {low} to {high} belongs")
    return value


def _shape(values: Any) -> tuple[int, ...]:
    shape = tuple(_integer(value, 1, _MOST_INPUTS) for value in values[:5])
    if len(values) not in range(1, 5) or prod(shape) > _MOST_INPUTS:
        raise ValueError(f"an input shape of {shape}")
    return shape


def _rewrite(change: Any) -> Rewrite:
    return Rewrite(str(change["op"]), str(change["target"]), _integer(change["levels"], 0, 1 << 16))


def _restore(module: nn.Module, header: _Header, tensors: Mapping[str, torch.Tensor]) -> Compressed:
    layers = weight_layers(module)
    names = {
        kind: {key.split("/", 1)[1] for key in tensors if key.startswith(f"{kind}/")} for kind in ("codes", "mask")
    }
    if names["codes"] != set(header.bits) or not (names["codes"] | names["mask"]) <= set(layers):
        raise InvalidInput("its codes, masks and layers do not match")
    bits = {path: header.bits[path] for path in layers if path in header.bits}
    codes = {path: _codes(tensors, path, layers[path].weight, width) for path, width in bits.items()}
    _load_state(module, header, tensors, codes)
    masks = {path: _mask(tensors[f"mask/{path}"], path, layers[path].weight) for path in sorted(names["mask"])}
    integers = {path: (q.numpy(), scale.numpy()) for path, (q, scale) in codes.items()}
    ordered = {path: masks[path] for path in layers if path in masks}
    return Compressed(module, header.steps, integers, ordered, bits, header.rewrites, header.input_shape)


def _codes(
    tensors: Mapping[str, torch.Tensor], path: str, weight: torch.Tensor, bits: int
) -> tuple[torch.Tensor, torch.Tensor]:
    codes, scale = tensors[f"codes/{path}"], tensors.get(f"scale/{path}", torch.zeros(0))
    _same(f"codes of {path}", codes, weight.to(torch.int8))
    _same(f"scale of {path}", scale, torch.zeros(weight.shape[0]))
    if int(codes.to(torch.int32).abs().max()) > largest_integer(bits) or not bool((scale > 0).all()):
        raise InvalidInput(f"codes or scale of {path} are out of range")
    return codes, scale


def _load_state(
    module: nn.Module,
    header: _Header,
    tensors: Mapping[str, torch.Tensor],
    codes: Mapping[str, tuple[torch.Tensor, torch.Tensor]],
) -> None:
    expected = module.state_dict()
    keys = _float_keys(expected, header.bits)
    known = {f"state/{key}" for key in keys} | {f"{kind}/{path}" for path in header.bits for kind in ("codes", "scale")}
    strange = {key for key in tensors if not key.startswith("mask/")} ^ known
    if strange:
        raise InvalidInput(f"tensor {min(strange)} is missing or has no place")
    for key in keys:
        _same(key, tensors[f"state/{key}"], expected[key])
    restored = {key: tensors[f"state/{key}"] for key in keys}
    module.load_state_dict({**restored, **{f"{path}.weight": to_values(*code) for path, code in codes.items()}})
    if any(isinstance(part, QuantReLU) and part.clip <= 0 for part in module.modules()):
        raise InvalidInput("a clip range is not positive")


def _mask(packed: torch.Tensor, path: str, weight: torch.Tensor) -> torch.Tensor:
    _same(f"mask of {path}", packed, torch.zeros((weight.numel() + 7) // 8, dtype=torch.uint8))
    flat = np.unpackbits(packed.numpy(), count=weight.numel()).astype(bool)
    mask = torch.from_numpy(flat).reshape(weight.shape)
    if bool(weight.detach()[~mask].any()):
        raise InvalidInput(f"{path} has weights where its mask has none")
    return mask


def _same(name: str, value: torch.Tensor, like: torch.Tensor) -> None:
    if value.shape != like.shape or value.dtype != like.dtype:
        got = f"{value.dtype} {tuple(value.shape)}"
        raise InvalidInput(f"{name} should be {like.dtype} {tuple(like.shape)}, not {got}")
    if value.is_floating_point() and not bool(torch.isfinite(value).all()):
        raise InvalidInput(f"{name} has NaN or infinity")
