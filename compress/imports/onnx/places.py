"""Constant places of a value, one for each number of a result: what gathers read and what scatters write.

Numbers of a value are counted row-major over all images of the file: number j of image i has the address i * size + j.
"""

from math import prod
from typing import Any

import numpy as np
import torch

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.steps import ImportedValue

MOST_PLACES = 1 << 26
"""Places that are looked at one by one."""


def full_shape(call: OnnxCall, value: ImportedValue) -> tuple[int, ...]:
    """The shape of a value with the batch that the file was made for; one image where that is open."""
    return (call.batch or 1, *value.shape)


def fixed(call: OnnxCall, key: int) -> np.ndarray:
    """Argument `key` as a constant for the images of the file: of an open batch it must be made for each image.

    That is an Expand to the size of the batch. A constant without it has as many rows as the file has images, or
    it reads from some images only, which is refused.
    """
    if isinstance(call.given(key), ImportedValue):
        each = _repeated(call, key)
        if each is None:
            raise Unsupported("places that depend on the image", "places that are constants")
        return np.broadcast_to(each, (call.batch or 1, *each.shape[1:]))
    found = call.constant(key)
    if found is None:
        raise Damaged(f"no input {key}")
    array = np.asarray(found)
    if call.batch is None and array.ndim:
        raise Unsupported(
            "a selection of images: places of one image in a file of any number of them",
            "places that are expanded to the size of the batch, or a file of one image",
        )
    return array


def is_fixed(call: OnnxCall, key: int) -> bool:
    """Whether argument `key` is a constant, or one that is expanded to the size of the batch."""
    return not isinstance(call.given(key), ImportedValue) or _repeated(call, key) is not None


def _repeated(call: OnnxCall, key: int) -> np.ndarray | None:
    """The constant `(1, ...)` that argument `key` is for each image; None where it depends on the image."""
    value: Any = call.given(key)
    step = next((one for one in call.builder.steps if one.name == value.name), None)
    if step is None or step.call is not layers.repeated or not value.channels_first:
        return None
    each: np.ndarray = step.args[1].numpy()
    return each


def places_along(shape: tuple[int, ...], indices: np.ndarray, axis: int) -> np.ndarray:
    """GatherElements: the address of x[i, j, ..., indices[i, j, ...], ...] with the index at `axis`, for each index."""
    found = _whole(indices)
    outside = [
        size > limit for place, (size, limit) in enumerate(zip(found.shape, shape, strict=True)) if place != axis
    ]
    if any(outside):
        raise Damaged(f"places of shape {found.shape} of a value of shape {shape}")
    at = list(np.indices(found.shape, sparse=True))
    at[axis] = _within(found, shape[axis])
    return np.ravel_multi_index(np.broadcast_arrays(*at), shape)


def places_at(shape: tuple[int, ...], indices: np.ndarray, shared: int = 0) -> np.ndarray:
    """GatherND: the addresses of x[indices[..., :]], slices where these name the first axes only.

    `shared`: leading axes that places and value have in common (batch_dims).
    """
    found = _whole(indices)
    if not found.ndim or not 0 <= shared < found.ndim or shape[:shared] != found.shape[:shared]:
        raise Damaged(f"places of shape {found.shape} with {shared} shared axes of a value of shape {shape}")
    depth = found.shape[-1]
    if not 1 <= depth <= len(shape) - shared:
        raise Damaged(f"places of {depth} axes of a value of shape {shape}")
    lead = np.indices(found.shape[:shared], sparse=True)
    behind = (1,) * (found.ndim - 1 - shared)
    at = [one.reshape(*one.shape, *behind) for one in lead]
    at += [_within(found[..., one], shape[shared + one]) for one in range(depth)]
    rest = shape[shared + depth :]
    first = np.ravel_multi_index(np.broadcast_arrays(*at), shape[: shared + depth])
    first = np.broadcast_to(first, found.shape[:-1]) * prod(rest)
    places: np.ndarray = first.reshape(*first.shape, *[1] * len(rest)) + np.arange(prod(rest)).reshape(rest)
    return places


def of_one_image(places: np.ndarray, images: int, size: int) -> np.ndarray:
    """Addresses `(images, ...)` as those of one image; refused where an image reads from another, or reads otherwise."""
    if places.ndim and len(places) == images:
        own: np.ndarray = places - np.arange(images).reshape(-1, *[1] * (places.ndim - 1)) * size
        if np.all((own >= 0) & (own < size) & (own == own[:1])):
            return own[0]  # type: ignore[no-any-return]
    raise Unsupported("a selection of images", "places behind the batch, alike for all images")


def read_at(call: OnnxCall, source: ImportedValue, places: np.ndarray) -> ImportedValue:
    """The numbers of `source` at `places` of one image, in their shape."""
    if not places.ndim or not places.size:
        raise Unsupported(f"a selection of {places.size} numbers without axes", "at least one place along an axis")
    size = prod(source.shape)
    if places.shape == source.shape and np.array_equal(places.reshape(-1), np.arange(size)):
        return source
    flat = source if source.rank == 2 else call.function(torch.flatten, source, 1)
    read = call.function(torch.index_select, flat, 1, torch.from_numpy(places.reshape(-1).astype(np.int64)))
    return read if places.ndim == 1 else call.function(torch.reshape, read, (-1, *places.shape))


def _whole(indices: np.ndarray) -> np.ndarray:
    if indices.size > MOST_PLACES:
        raise Unsupported(f"{indices.size:,} places, one by one", f"at most {MOST_PLACES:,} of them")
    return indices.astype(np.int64)


def _within(indices: np.ndarray, size: int) -> np.ndarray:
    """Indices that may count from the end."""
    if indices.size and not -size <= int(indices.min()) <= int(indices.max()) < size:
        raise Damaged(f"the places {indices.reshape(-1)[:8].tolist()} of {size}")
    return np.where(indices < 0, indices + size, indices)
