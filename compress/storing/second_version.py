"""The second version of the file of a Compressed: each layer as its Footprint said, then the rest. It is read, no longer written.

layer: scales (float32), index of its layout, weights at their width, mask if the zeros do not tell it
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.compressed import Compressed
from spikewright.compress.expressions import Flags, Rows, float_weights, integer_weights, write
from spikewright.compress.graph.weighted import by_output, weight_layers
from spikewright.compress.quantisers.integers import largest_integer
from spikewright.compress.storing.header import Header, LayerRecord
from spikewright.compress.storing.rest import ByteReader, load_rest, persistent, rest_of
from spikewright.weights import Expression
from spikewright.weights.choosing import named_layout
from spikewright.weights.packing import size, unpack

_FLOAT = 32


def decode(module: nn.Module, header: Header, data: bytes) -> Compressed:
    """The Compressed of these bytes on `module`. Raises InvalidInput for bytes or records that do not fit it."""
    layers, reader = weight_layers(module), ByteReader(data)
    if list(layers) != list(header.records):
        raise InvalidInput("its layers are others")
    weights = {path: _read_layer(reader, path, layers[path], header.records[path]) for path in layers}
    load_rest(module, sorted(rest_of(module)) if header.architecture else list(persistent(module)), reader)
    for path, e in weights.items():
        write(layers[path], e, path)
    loose = frozenset(path for path, record in header.records.items() if not record.mask)
    return Compressed(module, weights, header.rewrites, header.steps, header.input_shape, loose)


def _read_layer(reader: ByteReader, path: str, layer: Any, record: LayerRecord) -> Expression:
    """How the weights of one layer are stored."""
    shape, coded = tuple(by_output(layer, layer.weight).shape), record.bits != _FLOAT
    if record.scales not in ((1, shape[0]) if coded else (0,)) or not 0 <= record.stored <= 2 * layer.weight.numel():
        raise InvalidInput(f"{path} has {record.scales} scales and {record.stored} weights")
    scale = reader.take(record.scales, np.float32)
    places = _places(reader, path, record, shape)
    values = _codes(reader, path, record) if coded else reader.take(record.stored, np.float32)
    rows = np.zeros(layer.weight.numel(), values.dtype)
    rows[places] = values
    rows = rows.reshape(shape)
    if not np.all(np.isfinite(rows)) or not np.all(np.isfinite(scale) & (scale > 0)):
        raise InvalidInput(f"the weights or scales of {path} are out of range: NaN, infinity or no scale")
    kept = _kept(reader, path, record, layer, rows)
    return integer_weights(rows, scale, record.bits, kept) if coded else float_weights(rows, kept)


def _codes(reader: ByteReader, path: str, record: LayerRecord) -> NDArray[np.int8]:
    limit = largest_integer(record.bits)
    codes = unpack(reader.take(size(record.stored * record.bits)), record.bits, record.stored).astype(np.int64) - limit
    if bool((np.abs(codes) > limit).any()):
        raise InvalidInput(f"integers of {path} are out of range")
    return codes.astype(np.int8)


def _places(reader: ByteReader, path: str, record: LayerRecord, shape: tuple[int, ...]) -> NDArray[np.int64]:
    try:
        way = named_layout(record.storage)
        places = way.read_index(reader.take(record.index_bytes), shape, record.stored)
    except (ValueError, IndexError) as error:
        raise InvalidInput(f"the index of {path} is damaged: {error}") from error
    sound = len(places) == record.stored and (not len(places) or 0 <= places.min() <= places.max() < np.prod(shape))
    if not sound or len(np.unique(places)) != len(places):
        raise InvalidInput(f"the index of {path} does not tell {record.stored} places")
    return places


def _kept(reader: ByteReader, path: str, record: LayerRecord, layer: Any, rows: Rows) -> Flags | None:
    if record.mask == 0:
        return None
    if record.mask == 1:
        return np.asarray(rows != 0)
    flat = np.unpackbits(reader.take(size(rows.size)), count=rows.size).astype(bool)
    kept: Flags = by_output(layer, torch.from_numpy(flat).reshape(layer.weight.shape)).numpy()
    if bool(rows[~kept].any()):
        raise InvalidInput(f"{path} has weights where its mask has none")
    return kept
