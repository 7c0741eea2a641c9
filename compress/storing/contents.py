"""The numbers of a Compressed as one run of bytes: the arrays of each expression in their order, then the rest of the state."""

from typing import Any

import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.compressed import Compressed
from spikewright.compress.expressions import write
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.storing.header import Header
from spikewright.compress.storing.rest import ByteReader, load_rest, rest_of
from spikewright.weights import array_names
from spikewright.weights import decode as decode_weights
from spikewright.weights import encode as encode_weights


def encode(compressed: Compressed) -> tuple[dict[str, Any], bytes]:
    """The entries "weights", "arrays" and "loose" of the header, and the bytes that they describe."""
    layers = weight_layers(compressed.model)
    told: dict[str, Any] = {}
    arrays: dict[str, Any] = {}
    for path, e in compressed.weights.items():
        if layers[path].weight.dtype != torch.float32:
            raise InvalidInput(
                f"expected weights in float32, got {layers[path].weight.dtype} in {path}; try model.float()"
            )
        told[path], found = encode_weights(e, path)
        arrays |= found
    rest = [value.detach().cpu().contiguous().numpy().tobytes() for _, value in sorted(rest_of(compressed.model))]
    lengths = {name: len(array) for name, array in arrays.items()}
    entries = {"weights": told, "arrays": lengths, "loose": sorted(compressed.loose)}
    return entries, b"".join([*(array.tobytes() for array in arrays.values()), *rest])


def decode(module: nn.Module, header: Header, data: bytes) -> Compressed:
    """The Compressed of these bytes on `module`. Raises InvalidInput for bytes or descriptions that do not fit it."""
    layers, reader = weight_layers(module), ByteReader(data)
    if list(layers) != list(header.weights) or not header.loose <= layers.keys():
        raise InvalidInput("its layers are others")
    arrays = {name: reader.take(length) for name, length in header.arrays.items()}
    named = set().union(*(array_names(told) for told in header.weights.values()))
    if named != arrays.keys():
        raise InvalidInput(f"the array {min(named ^ arrays.keys())} is missing or has no place")
    weights = {path: decode_weights(told, arrays) for path, told in header.weights.items()}
    load_rest(module, sorted(rest_of(module)), reader)
    for path, e in weights.items():
        write(layers[path], e, path)
    return Compressed(module, weights, header.rewrites, header.steps, header.input_shape, header.loose)
