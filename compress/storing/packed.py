"""The numbers of a Compressed as one run of bytes: each layer as its Footprint says, then the rest of the state as it is.

layer: scales (float32), index of its layout, weights at their width, mask if the zeros do not tell it
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.compressed import Compressed
from spikewright.compress.footprints import layout_of
from spikewright.compress.graph.weighted import by_output, from_output, values_of, weight_layers
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.compress.quantisers.integers import largest_integer
from spikewright.compress.storing.header import Header, LayerRecord
from spikewright.weights.choosing import named_layout
from spikewright.weights.packing import pack, size, unpack

_FLOAT = 32


def encode(compressed: Compressed) -> tuple[dict[str, LayerRecord], bytes]:
    """The records of all layers, and the bytes that they describe."""
    records, parts = {}, []
    for path, layer in weight_layers(compressed.model).items():
        records[path], part = _layer(compressed, path, layer)
        parts += part
    parts += [value.detach().cpu().contiguous().numpy().tobytes() for _, value in sorted(_rest(compressed.model))]
    return records, b"".join(parts)


def decode(module: nn.Module, header: Header, data: bytes) -> Compressed:
    """The Compressed of these bytes on `module`. Raises InvalidInput for bytes or records that do not fit it."""
    layers, reader = weight_layers(module), _Reader(data)
    if list(layers) != list(header.records):
        raise InvalidInput("its layers are others")
    found = {path: _read_layer(reader, path, layers[path], header.records[path]) for path in layers}
    _load_rest(module, sorted(_rest(module)) if header.architecture else list(_persistent(module)), reader)
    for path, (weight, _, _) in found.items():
        with torch.no_grad():
            layers[path].weight.copy_(weight)
    codes = {path: code for path, (_, code, _) in found.items() if code is not None}
    masks = {path: mask for path, (_, _, mask) in found.items() if mask is not None}
    return Compressed(module, header.steps, codes, masks, dict(header.bits), header.rewrites, header.input_shape)


def check_tensor(name: str, value: torch.Tensor, like: torch.Tensor) -> None:
    """Raises InvalidInput unless `value` has the shape and type of `like`, and is finite."""
    if value.shape != like.shape or value.dtype != like.dtype:
        got = f"{value.dtype} {tuple(value.shape)}"
        raise InvalidInput(f"{name} should be {like.dtype} {tuple(like.shape)}, not {got}")
    if value.is_floating_point() and not bool(torch.isfinite(value).all()):
        raise InvalidInput(f"{name} has NaN or infinity")


def _layer(compressed: Compressed, path: str, layer: Any) -> tuple[LayerRecord, list[bytes]]:
    weight = layer.weight.detach().cpu()
    if weight.dtype != torch.float32:
        raise InvalidInput(f"expected weights in float32, got {weight.dtype} in {path}; try model.float()")
    coded = compressed.integers.get(path)
    bits = compressed.bits[path] if coded is not None else _FLOAT
    nonzero = by_output(layer, weight != 0).numpy()
    layout, scales = layout_of(layer, bits), _scales(coded)
    places = layout.way.places(nonzero)
    index = layout.way.index(places, nonzero.shape)
    values = by_output(layer, weight if coded is None else torch.as_tensor(coded[0])).reshape(-1).numpy()[places]
    stored = (
        values.tobytes() if coded is None else pack(values.astype(np.int64) + largest_integer(bits), bits).tobytes()
    )
    mask = compressed.masks.get(path)
    kind = 0 if mask is None else 1 if torch.equal(mask.cpu(), weight != 0) else 2
    told = np.packbits(mask.cpu().numpy().ravel()).tobytes() if mask is not None and kind == 2 else b""
    record = LayerRecord(bits, layout.way.name, len(scales), len(places), len(index), kind)
    return record, [scales.tobytes(), index.tobytes(), stored, told]


def _scales(coded: Any) -> NDArray[np.float32]:
    """Each scale once: one number where all channels share it."""
    if coded is None:
        return np.zeros(0, np.float32)
    scale = np.asarray(coded[1], np.float32)
    return scale[:1] if bool((scale == scale[0]).all()) else scale


class _Reader:
    """Takes bytes from the front."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int, dtype: Any = np.uint8) -> NDArray[Any]:
        """`count` numbers. Raises InvalidInput when there are not so many."""
        width = count * np.dtype(dtype).itemsize
        if self.at + width > len(self.data):
            raise InvalidInput("it ends too early")
        self.at += width
        return np.frombuffer(self.data, dtype, count, self.at - width).copy()


_Read = tuple[torch.Tensor, tuple[NDArray[Any], NDArray[Any]] | None, torch.Tensor | None]


def _read_layer(reader: _Reader, path: str, layer: Any, record: LayerRecord) -> _Read:
    """Weight, codes with their scale, and mask of one layer."""
    outputs, weights = by_output(layer, layer.weight).shape, layer.weight.numel()
    coded = record.bits != _FLOAT
    if record.scales not in ((1, outputs[0]) if coded else (0,)) or not 0 <= record.stored <= 2 * weights:
        raise InvalidInput(f"{path} has {record.scales} scales and {record.stored} weights")
    scale = reader.take(record.scales, np.float32)
    places = _places(reader, path, record, tuple(outputs))
    if coded:
        values = unpack(reader.take(size(record.stored * record.bits)), record.bits, record.stored)
        values = (values - largest_integer(record.bits)).astype(np.int8)
        if bool((np.abs(values.astype(np.int64)) > largest_integer(record.bits)).any()) or not bool((scale > 0).all()):
            raise InvalidInput(f"codes or scale of {path} are out of range")
    else:
        values = reader.take(record.stored, np.float32)
    flat = np.zeros(weights, values.dtype)
    flat[places] = values
    filled = from_output(layer, torch.from_numpy(flat.reshape(outputs)))
    spread = torch.from_numpy(np.repeat(scale, outputs[0]) if len(scale) == 1 else scale)
    weight = values_of(layer, filled, spread) if coded else filled
    check_tensor(path, weight, layer.weight.detach())
    code = (filled.numpy(), spread.numpy()) if coded else None
    return weight, code, _mask(reader, path, record, weight)


def _places(reader: _Reader, path: str, record: LayerRecord, shape: tuple[int, ...]) -> NDArray[np.int64]:
    try:
        way = named_layout(record.storage)
        places = way.read_index(reader.take(record.index_bytes), shape, record.stored)
    except (ValueError, IndexError) as error:
        raise InvalidInput(f"the index of {path} is damaged: {error}") from error
    sound = len(places) == record.stored and (not len(places) or 0 <= places.min() <= places.max() < np.prod(shape))
    if not sound or len(np.unique(places)) != len(places):
        raise InvalidInput(f"the index of {path} does not tell {record.stored} places")
    return places


def _mask(reader: _Reader, path: str, record: LayerRecord, weight: torch.Tensor) -> torch.Tensor | None:
    if record.mask == 0:
        return None
    if record.mask == 1:
        return weight != 0
    flat = np.unpackbits(reader.take(size(weight.numel())), count=weight.numel()).astype(bool)
    mask = torch.from_numpy(flat).reshape(weight.shape)
    if bool(weight[~mask].any()):
        raise InvalidInput(f"{path} has weights where its mask has none")
    return mask


def _rest(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """What is stored as it is, by name: parameters and buffers but the weights of layers, each tensor once.

    Their order in a module says nothing: one that was parametrised comes last.
    """
    weights = {id(layer.weight) for layer in weight_layers(module).values()}
    for key, value in (*module.named_parameters(), *module.named_buffers()):
        if id(value) not in weights:
            yield key, value


def _persistent(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """The same in files without a word on the architecture: in the order of the state, no buffers outside of it."""
    rest = {id(value) for _, value in _rest(module)}
    for key, value in module.state_dict(keep_vars=True).items():
        if id(value) in rest:
            rest.discard(id(value))
            yield key, value


def _load_rest(module: nn.Module, rest: Iterable[tuple[str, torch.Tensor]], reader: _Reader) -> None:
    for key, like in rest:
        raw = reader.take(like.numel() * like.element_size())
        value = torch.frombuffer(bytearray(raw), dtype=like.dtype).reshape(like.shape) if len(raw) else like
        check_tensor(key, value, like)
        with torch.no_grad():
            like.copy_(value)
    if reader.at != len(reader.data):
        raise InvalidInput(f"{len(reader.data) - reader.at} bytes have no place")
    if any(isinstance(part, QuantizedReLU) and part.clip <= 0 for part in module.modules()):
        raise InvalidInput("a clip range is not positive")
