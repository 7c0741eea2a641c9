"""The one door for what a user gives: images and labels as arrays, tensors of any kind, or lists.

Every package takes its images, samples and labels through here, so that one thing is taken or refused everywhere alike.
Torch is not imported: a tensor is what has `detach`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.errors import InvalidInput

Images = NDArray[np.float32]
Labels = NDArray[np.int64]
ROUNDED = 1e-6
"""Of a range: what a few operations in float32 change."""
WAY_TO_LABELS = "try labels.astype('int64'), for a tensor labels.long()"


def is_whole(value: Any, low: int) -> bool:
    """Whether `value` is an integer, of Python or numpy and no bool, of at least `low`."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= low


def is_real(value: Any) -> bool:
    """Whether `value` is one number, of Python or numpy and no bool."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def check_settings(given: Any, kind: type) -> None:
    """Raises InvalidInput unless the settings that were given are those of this function."""
    if not isinstance(given, kind):
        raise InvalidInput(f"expected settings={kind.__name__}(...), got {type(given).__name__}; try {kind.__name__}()")


def as_images(given: Any, what: str = "images") -> Images:
    """Images or vectors `(samples, ...)` as contiguous float32, finite, at least one.

    Taken are arrays, lists of numbers, arrays or tensors, and tensors that require a gradient, have another precision or lie
    on another device; nothing that was given is changed. Integers other than 0 and 1 are refused, since they are as a rule
    pixels up to 255 for a network that was made for 0 to 1. Raises InvalidInput, with `what` as the name of what was given.
    """
    array = as_array(given, what)
    if array.ndim < 2 or array.size == 0:
        way = f"{what}[None] for a single one" if array.size else f"a batch with {what} in it"
        raise InvalidInput(
            f"expected at least one of {what}, as a batch (n, C, H, W) or (n, features), got shape {array.shape}; try {way}"
        )
    _check_numbers(array, what)
    with np.errstate(over="ignore"):
        images = np.ascontiguousarray(array, dtype=np.float32)
    finite = np.isfinite(images).reshape(len(images), -1).all(axis=1)
    if not finite.all():
        bad = np.flatnonzero(~finite)
        raise InvalidInput(
            f"expected finite {what}, got NaN or infinity in {bad.size} of {len(images)}, the first is number {bad[0]}; "
            "try the others alone"
        )
    return images


def as_labels(given: Any, samples: int, classes: int | None = None) -> Labels:
    """Integer labels `(samples,)` as int64, each from 0 to `classes` - 1 where that is known.

    Floats are refused even if they are whole, and so are truth values and one row for each label; the way out is in the text.
    """
    array = as_array(given, "labels")
    if array.shape != (samples,) or array.dtype.kind not in "iu":
        raise InvalidInput(
            f"expected integer labels of shape ({samples},), got {array.dtype} {array.shape}; {_way_out(array, samples)}"
        )
    labels = array.astype(np.int64)
    low, high = (int(labels.min()), int(labels.max())) if samples else (0, 0)
    if low < 0 or (classes is not None and high >= classes):
        top = "" if classes is None else f" to {classes - 1}"
        raise InvalidInput(
            f"expected labels from 0{top}, got {low} to {high}; try labels that count the model's outputs"
        )
    return labels


def as_data(data: Any) -> tuple[Images, Labels]:
    """A pair of images and their labels. Raises InvalidInput for anything else, such as a loader of batches."""
    given, labels = as_pair(data)
    images = as_images(given)
    return images, as_labels(labels, len(images))


def as_pair(data: Any) -> tuple[Any, Any]:
    """What stands for images and for labels, as they are. Raises InvalidInput for anything but a pair."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise InvalidInput(
            f"expected data=(images, labels), got {type(data).__name__}; try a tuple of two tensors, for a loader of "
            "batches map(torch.cat, zip(*loader))"
        )
    return data[0], data[1]


def as_array(given: Any, what: str) -> NDArray[Any]:
    """The values of an array, a tensor or a list as a numpy array. Raises InvalidInput for what has none."""
    try:
        array = _values(given)
    except Exception as error:  # whatever the object itself raises
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InvalidInput(f"expected {what} as an array or a tensor, got {type(given).__name__}: {reason}") from error
    if np.ma.is_masked(given):
        raise InvalidInput(f"expected {what} without masked values, got a masked array; try .filled(0)")
    if array.dtype.kind not in "biuf":
        raise InvalidInput(
            f"expected {what} as an array or a tensor of real numbers, got {type(given).__name__} of {array.dtype}; "
            "try np.stack(...) of arrays of one shape"
        )
    return array


def check_range(images: Images, bounds: tuple[float, float], what: str = "images") -> None:
    """Raises InvalidInput for values outside `bounds`; those that look like pixels up to 255 are told from others.

    Bounds other than 0 and 1 are computed, and so are the images: what rounding of float32 leaves outside counts as inside.
    """
    low, high = bounds
    least, most = float(images.min()), float(images.max())
    slack = 0.0 if bounds == (0.0, 1.0) else ROUNDED * max(high - low, abs(low), abs(high))
    if low - slack <= least and most <= high + slack:
        return
    pixels = least >= 0 and most > 16 * high
    way = (
        "try images / 255"
        if pixels
        else "put the standardisation inside the model, or try input_range=(low, high) there"
    )
    raise InvalidInput(f"expected {what} in [{low:g}, {high:g}], got {least:.3g} to {most:.3g}; {way}")


def _values(given: Any) -> NDArray[Any]:
    if hasattr(given, "detach"):
        return _of_tensor(given)
    if isinstance(given, list | tuple) and any(hasattr(one, "detach") for one in given):
        return np.stack([_values(one) for one in given])
    return np.asarray(given)


def _of_tensor(tensor: Any) -> NDArray[Any]:
    """Dense, on the CPU, and in a precision that numpy has."""
    plain = tensor.detach().cpu()
    if getattr(plain, "is_quantized", False):
        plain = plain.dequantize()
    if str(plain.layout) != "torch.strided":
        plain = plain.to_dense()
    plain = plain.float() if plain.is_floating_point() else plain
    array: NDArray[Any] = plain.resolve_neg().numpy()
    return array


def _check_numbers(array: NDArray[Any], what: str) -> None:
    if array.dtype.kind in "iu" and not (0 <= array.min() and array.max() <= 1):
        raise InvalidInput(
            f"expected {what} as floats, got {array.dtype} from {array.min()} to {array.max()}; try {what} / 255, or their "
            "values as float32 for a network that was made for such numbers"
        )


def _way_out(array: NDArray[Any], samples: int) -> str:
    if array.ndim == 2 and len(array) == samples and array.shape[1] > 1:
        return "try labels.argmax(1)"
    if array.ndim and array.size == samples and array.shape != (samples,):
        return "try labels.reshape(-1)"
    return WAY_TO_LABELS if array.shape == (samples,) else "try one label for each image"
