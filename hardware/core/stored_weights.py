"""The weights of a projection as memories of a core, and back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import InvalidInput
from spikewright.hardware.model.weight_memory import CoreWeights
from spikewright.hardware.supported import TO_FIXED
from spikewright.weights import Expression, Leaf, Mask, Masked, codebook, dense, sparse, unscaled
from spikewright.weights.choosing import named_layout

if TYPE_CHECKING:
    from spikewright.hardware.core.schema_parts import CoreMasked, CoreMemory, Held, Storage
    from spikewright.hardware.core.writer import Writer

Read = Callable[["CoreMemory"], Any]


def write_weights(writer: "Writer", stem: str, weights: Expression) -> "Storage":
    """Write the memories of `weights`; gives the record that names them. Raises InvalidInput where a scale makes them real."""
    if unscaled(weights)[1] is not None:
        raise InvalidInput(f"expected integer weights without a scale, got a scale; {TO_FIXED}")
    kept = CoreWeights.of(weights)
    return _held(writer, stem, kept) if kept.mask is None else _masked(writer, stem, kept, kept.mask)


def _held(writer: "Writer", stem: str, kept: CoreWeights) -> "Held":
    """The words, and their table where they are indices."""
    from spikewright.hardware.core.schema_parts import CoreCodebook, CoreDense

    if kept.table is None:
        return CoreDense(values=_memory(writer, f"{stem}_weights", kept.words))
    return CoreCodebook(
        indices=_memory(writer, f"{stem}_indices", kept.words), table=_memory(writer, f"{stem}_table", kept.table)
    )


def _masked(writer: "Writer", stem: str, kept: CoreWeights, mask: Mask) -> "CoreMasked":
    """Only what is stored, none of it if nothing survives, and the index that says where."""
    from spikewright.hardware.core.schema_parts import CoreMasked

    index = [
        writer.memory(f"{stem}_places{number}", words, width, signed=False)
        for number, (words, width) in enumerate(mask.words())
        if words.size * width
    ]
    held = _held(writer, stem, kept) if kept.words.size else None
    return CoreMasked(size=list(mask.extents), layout=mask.layout, index=index, values=held)


def _memory(writer: "Writer", stem: str, leaf: Leaf) -> "CoreMemory":
    return writer.memory(stem, leaf.array, max(leaf.word_bits, 1), signed=leaf.signed)


def rebuild_weights(storage: "Storage", read: Read) -> Expression:
    """The weights that a record describes; `read` fetches the integers of a memory."""
    if storage.kind == "masked":
        return _rebuilt(storage, read)
    if storage.kind != "sparse":  # the form of cores before masks had layouts
        return _rebuilt_words(storage, read)
    if storage.indices is None or storage.values is None:
        return sparse(tuple(storage.size), np.zeros(0, np.int64), np.zeros(0, np.int8))
    return sparse(tuple(storage.size), read(storage.indices), read(storage.values))


def _rebuilt(storage: "CoreMasked", read: Read) -> Expression:
    base = dense(np.zeros(0, np.int8)) if storage.values is None else _rebuilt_words(storage.values, read)
    way, shape, given = named_layout(storage.layout), tuple(storage.size), iter(storage.index)
    words = [
        read(next(given)).astype(np.int64) if count * width else np.zeros(count, np.int64)
        for count, width in way.index_sizes(shape, base.size)
    ]
    return Masked(Mask(shape, np.sort(way.read(words, shape)), way.name), base)


def _rebuilt_words(held: "Held", read: Read) -> Expression:
    return dense(read(held.values)) if held.kind == "dense" else codebook(read(held.indices), read(held.table))
