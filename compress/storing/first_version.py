"""The first version of the file of a Compressed: codes as int8, masks as bits, floats dense. It is read, no longer written."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.compressed import Compressed
from spikewright.compress.expressions import float_weights, integer_weights, rows_of
from spikewright.compress.graph.weighted import by_output, values_of, weight_layers
from spikewright.compress.quantisers.integers import largest_integer
from spikewright.compress.storing.header import Header
from spikewright.compress.storing.rest import check_clips, check_tensor
from spikewright.weights import Expression


def restore(module: nn.Module, header: Header, tensors: Mapping[str, torch.Tensor]) -> Compressed:
    """The Compressed of these tensors. Raises InvalidInput for what does not fit."""
    layers = weight_layers(module)
    names = {
        kind: {key.split("/", 1)[1] for key in tensors if key.startswith(f"{kind}/")} for kind in ("codes", "mask")
    }
    if names["codes"] != set(header.bits) or not (names["codes"] | names["mask"]) <= set(layers):
        raise InvalidInput("its codes, masks and layers do not match")
    codes = {
        path: _codes(tensors, path, layers[path].weight, header.bits[path]) for path in layers if path in header.bits
    }
    _load_state(module, header, tensors, codes)
    masks = {path: _mask(tensors[f"mask/{path}"], path, layers[path].weight) for path in sorted(names["mask"])}
    weights = {
        path: _stored(layer, codes.get(path), header.bits.get(path), masks.get(path)) for path, layer in layers.items()
    }
    loose = frozenset(weights.keys() - masks.keys())
    return Compressed(module, weights, header.rewrites, header.steps, header.input_shape, loose)


def _stored(
    layer: Any, code: tuple[torch.Tensor, torch.Tensor] | None, bits: int | None, mask: torch.Tensor | None
) -> Expression:
    kept = None if mask is None else by_output(layer, mask).numpy()
    if code is None or bits is None:
        return float_weights(rows_of(layer), kept)
    return integer_weights(by_output(layer, code[0]).numpy(), code[1].numpy(), bits, kept)


def _codes(
    tensors: Mapping[str, torch.Tensor], path: str, weight: torch.Tensor, bits: int
) -> tuple[torch.Tensor, torch.Tensor]:
    codes, scale = tensors[f"codes/{path}"], tensors.get(f"scale/{path}", torch.zeros(0))
    check_tensor(f"codes of {path}", codes, weight.to(torch.int8))
    check_tensor(f"scale of {path}", scale, torch.zeros(weight.shape[0]))
    if int(codes.to(torch.int32).abs().max()) > largest_integer(bits) or not bool((scale > 0).all()):
        raise InvalidInput(f"codes or scale of {path} are out of range")
    return codes, scale


def _load_state(
    module: nn.Module,
    header: Header,
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
        check_tensor(key, tensors[f"state/{key}"], expected[key])
    restored = {key: tensors[f"state/{key}"] for key in keys}
    module.load_state_dict(
        {**restored, **{f"{path}.weight": values_of(module.get_submodule(path), *code) for path, code in codes.items()}}
    )
    check_clips(module)


def _mask(packed: torch.Tensor, path: str, weight: torch.Tensor) -> torch.Tensor:
    check_tensor(f"mask of {path}", packed, torch.zeros((weight.numel() + 7) // 8, dtype=torch.uint8))
    flat = np.unpackbits(packed.numpy(), count=weight.numel()).astype(bool)
    mask = torch.from_numpy(flat).reshape(weight.shape)
    if bool(weight.detach()[~mask].any()):
        raise InvalidInput(f"{path} has weights where its mask has none")
    return mask


def _float_keys(state: Mapping[str, Any], bits: Mapping[str, int]) -> list[str]:
    """The state that is stored as it is: everything but the weights that have codes."""
    return [key for key in state if key not in {f"{path}.weight" for path in bits}]
