"""The weights of a projection as memories of a core, and back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import InvalidInput, snn
from spikewright.hardware.model.bit_widths import signed_bits, unsigned_bits

if TYPE_CHECKING:
    from spikewright.hardware.core.schema_parts import CoreMemory, CoreSparse, Storage
    from spikewright.hardware.core.writer import Writer


def describe_weights(writer: "Writer", stem: str, storage: snn.Storage) -> "Storage":
    """The record of `storage`, its memories written. Raises InvalidInput for weights with a scale, which are real."""
    from spikewright.hardware.core.schema_parts import CoreCodebook, CoreDense

    if storage.scale is not None:
        raise InvalidInput("expected integer weights without a scale, got a scale; call network.to_fixed() first")
    if isinstance(storage, snn.Dense):
        return CoreDense(values=writer.memory(f"{stem}_weights", storage.values, signed_bits(storage.values)))
    if isinstance(storage, snn.Codebook):
        bits = unsigned_bits(storage.table.size)
        indices = writer.memory(f"{stem}_indices", storage.indices, bits, signed=False)
        table = writer.memory(f"{stem}_table", storage.table, signed_bits(storage.table))
        return CoreCodebook(indices=indices, table=table)
    return _sparse(writer, stem, storage)


def _sparse(writer: "Writer", stem: str, storage: snn.Sparse) -> "CoreSparse":
    from spikewright.hardware.core.schema_parts import CoreSparse

    size = [int(extent) for extent in storage.size]
    if not storage.indices.size:
        return CoreSparse(size=size, indices=None, values=None)
    bits = unsigned_bits(int(np.prod(size)))
    indices = writer.memory(f"{stem}_indices", storage.indices, bits, signed=False)
    values = writer.memory(f"{stem}_values", storage.values, signed_bits(storage.values))
    return CoreSparse(size=size, indices=indices, values=values)


def rebuild_weights(storage: "Storage", read: "Callable[[CoreMemory], Any]") -> snn.Storage:
    """The weights that a record describes; `read` fetches the integers of a memory."""
    if storage.kind == "dense":
        return snn.Dense(read(storage.values))
    if storage.kind == "codebook":
        return snn.Codebook(read(storage.indices), read(storage.table))
    if storage.indices is None or storage.values is None:
        return snn.Sparse(tuple(storage.size), np.zeros(0, np.int64), np.zeros(0, np.int8))
    return snn.Sparse(tuple(storage.size), read(storage.indices), read(storage.values))
