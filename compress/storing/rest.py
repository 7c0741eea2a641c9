"""What a file holds besides the weights of layers: the rest of the state, as it is, behind one another in bytes."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.quantisers.activations import QuantizedReLU


class ByteReader:
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


def check_tensor(name: str, value: torch.Tensor, like: torch.Tensor) -> None:
    """Raises InvalidInput unless `value` has the shape and type of `like`, and is finite."""
    if value.shape != like.shape or value.dtype != like.dtype:
        got = f"{value.dtype} {tuple(value.shape)}"
        raise InvalidInput(f"{name} should be {like.dtype} {tuple(like.shape)}, not {got}")
    if value.is_floating_point() and not bool(torch.isfinite(value).all()):
        raise InvalidInput(f"{name} has NaN or infinity")


def rest_of(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """What is stored as it is, by name: parameters and buffers but the weights of layers, each tensor once.

    Their order in a module says nothing: one that was parametrised comes last.
    """
    weights = {id(layer.weight) for layer in weight_layers(module).values()}
    for key, value in (*module.named_parameters(), *module.named_buffers()):
        if id(value) not in weights:
            yield key, value


def persistent(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """The same in files without a word on the architecture: in the order of the state, no buffers outside of it."""
    rest = {id(value) for _, value in rest_of(module)}
    for key, value in module.state_dict(keep_vars=True).items():
        if id(value) in rest:
            rest.discard(id(value))
            yield key, value


def load_rest(module: nn.Module, rest: Iterable[tuple[str, torch.Tensor]], reader: ByteReader) -> None:
    """Fill the named tensors of `module` with the rest of the bytes. Raises InvalidInput for what does not fit them."""
    for key, like in rest:
        raw = reader.take(like.numel() * like.element_size())
        value = torch.frombuffer(bytearray(raw), dtype=like.dtype).reshape(like.shape) if len(raw) else like
        check_tensor(key, value, like)
        with torch.no_grad():
            like.copy_(value)
    if reader.at != len(reader.data):
        raise InvalidInput(f"{len(reader.data) - reader.at} bytes have no place")
    check_clips(module)


def check_clips(module: nn.Module) -> None:
    """Raises InvalidInput for a QuantizedReLU without a range."""
    if any(isinstance(part, QuantizedReLU) and part.clip <= 0 for part in module.modules()):
        raise InvalidInput("a clip range is not positive")
