"""Input as it arrives: images, frames, or the address events of a camera, checked against the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.inputs import as_array, as_images, check_range
from spikewright.snn.codes import AddressEvents
from spikewright.snn.network import Network

FIELDS = ("x", "y", "t", "p")
SIGNED = "; try polarities of 0 and 1: events['p'] = events['p'] > 0"
TOO_LARGE = 4.0
"""Times the largest sample that a network was made from: beyond it inputs have another unit, as pixels up to 255 have."""
LEAST_PIXELS = 64.0
"""A network made from samples as large as this counts in pixels up to 255: inputs that stay within 1 have another unit."""


@dataclass(frozen=True, eq=False)
class EventStream:
    """Binned events of a batch: sample s has those from offsets[s] to offsets[s + 1], in order of their step.

    `step (n,)` int32, `address (n,)` int32 (C, H, W row-major), `offsets (batch + 1,)` int64. An event stands once for each
    spike; no more than the code's limit for one address in one step.
    """

    step: NDArray[np.int32]
    address: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.offsets.size - 1)


Inputs = NDArray[np.float32] | EventStream


def check_inputs(network: Network, inputs: Any) -> Inputs:
    """Inputs as float32 `(batch, *shape)` (frames `(batch, steps, *shape)` for `Delta`), or as an `EventStream`.

    Raises InvalidInput for another shape, NaN or infinity, an empty batch, or events that are unsorted or outside the grid.
    """
    if isinstance(network.code, AddressEvents):
        return check_events(network, network.code, inputs)
    return check_images(network, inputs)


def input_shape(network: Network) -> tuple[int, ...]:
    """The shape of one image: that of the input population, with half the channels for `Delta`."""
    return network.code.image_shape(network.by_name[network.input].shape)


def check_images(network: Network, inputs: Any) -> NDArray[np.float32]:
    """Inputs as float32 `(batch, *shape)`, in [0, 1] where the network has a range of its inputs.

    Raises InvalidInput for another shape, NaN or infinity, values outside of the range, or an empty batch.
    """
    shape, array = input_shape(network), as_array(inputs, "inputs")
    frames = network.code.takes == "frames"
    if not (frames and array.shape[1:] == (network.steps, *shape)) and (
        array.ndim != len(shape) + 1 or array.shape[1:] != shape
    ):
        more = f" or frames (batch, {network.steps}, ...)" if frames else ""
        way = "; try inputs[None] for a single one" if array.shape == shape else ""
        raise InvalidInput(
            f"expected inputs of shape (batch, {', '.join(map(str, shape))}){more}, got {array.shape}{way}"
        )
    images = as_images(array, "inputs")
    known = network.run.input_range
    if known is not None:
        check_range(images, (known.low, known.high), "inputs")
        images = known.unit(images)
    if network.code.bounded:
        check_range(images, (0.0, 1.0), "inputs")
    else:
        _check_size(network, images)
    return images


def _check_size(network: Network, images: NDArray[np.float32]) -> None:
    """Where the code has no bounds of its own, the network knows how large what it was made from was."""
    known, largest = network.run.largest, float(np.abs(images).max())
    if known and largest > TOO_LARGE * known:
        raise InvalidInput(
            f"expected inputs about as large as the samples that the network was made from, up to {known:.3g}, got "
            f"{largest:.3g}; try inputs * {known / largest:.3g} if the units differ, or convert with such samples"
        )
    if known and known >= LEAST_PIXELS and 0 < largest <= 1:
        raise InvalidInput(
            f"expected inputs about as large as the samples that the network was made from, up to {known:.3g}, got at most "
            f"{largest:.3g}; try inputs * {known:.3g} if the units differ, or convert with such samples"
        )


def check_events(network: Network, code: AddressEvents, inputs: Any) -> EventStream:
    """Structured arrays, one a sample, binned into steps for the network's input; see `bin_events`."""
    return bin_events(inputs, network.by_name[network.input].shape, code)


def bin_events(inputs: Any, shape: tuple[int, ...], code: AddressEvents) -> EventStream:
    """Structured arrays, one a sample, binned into the steps of `code` on `shape` (polarities, rows, columns).

    Raises InvalidInput with the number of the sample that is wrong.
    """
    if isinstance(inputs, np.ndarray) and inputs.dtype.names is not None:
        raise InvalidInput("expected a sequence of event arrays, one a sample, got a single one; try [events]")
    inputs = list(inputs) if isinstance(inputs, np.ndarray) and inputs.dtype == object and inputs.ndim == 1 else inputs
    if isinstance(inputs, Sequence) and not isinstance(inputs, str) and not len(inputs):
        raise InvalidInput("expected a sequence of event arrays, one a sample, got none; try [events]")
    if isinstance(inputs, str) or not isinstance(inputs, Sequence):
        raise InvalidInput(f"expected a sequence of event arrays, one a sample, got {type(inputs).__name__}")
    if len(shape) != 3:
        raise InvalidInput(f"expected an input population (polarities, rows, columns) for events, got {shape}")
    binned = [_binned(number, sample, shape, code) for number, sample in enumerate(inputs)]
    offsets = np.cumsum([0] + [len(step) for step, _ in binned])
    steps, addresses = (np.concatenate(part).astype(np.int32) for part in zip(*binned, strict=True))
    return EventStream(steps, addresses, offsets.astype(np.int64))


def _binned(number: int, sample: Any, shape: tuple[int, ...], code: AddressEvents) -> tuple[Any, Any]:
    """Step and address of every event of a sample, in order of step and address, cut to the limit."""
    names = getattr(getattr(sample, "dtype", None), "names", None) or ()
    if not set(FIELDS) <= set(names) or np.ndim(sample) != 1:
        raise InvalidInput(
            f"expected events with the fields x, y, t and p in sample {number}, got {names or type(sample)}"
        )
    x, y, t, p = (_whole(number, name, sample[name]) for name in FIELDS)
    for name, values, extent in (("x", x, shape[2]), ("y", y, shape[1]), ("p", p, shape[0])):
        if values.size and not 0 <= values.min() <= values.max() < extent:
            raise InvalidInput(
                f"expected {name} from 0 to {extent - 1} in sample {number}, got {values.min()} to {values.max()}"
                f"{SIGNED if name == 'p' and values.min() == -1 else ''}"
            )
    if t.size and t.min() < 0:
        raise InvalidInput(f"expected times >= 0 in sample {number}, got {t.min()}; try subtracting the first time")
    if np.any(np.diff(t) < 0):
        raise InvalidInput(f"expected events in order of time in sample {number}; try sorting them by t")
    if t.size and t[0] >= code.steps * code.step_us:
        raise InvalidInput(
            f"expected events in the {code.steps * code.step_us} microseconds of the run, got the first one at {t[0]} in sample "
            f"{number}; try a clock that begins at 0: events['t'] -= events['t'][0]"
        )
    step, address = t // code.step_us, (p * shape[1] + y) * shape[2] + x
    kept = step < code.steps
    return _limited(step[kept], address[kept], code.limit)


def _whole(number: int, name: str, values: Any) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype.kind == "f" and not (np.all(np.isfinite(array)) and np.all(array == np.floor(array))):
        raise InvalidInput(f"expected whole numbers as {name} in sample {number}, got NaN, infinity or fractions")
    if array.dtype.kind not in "biuf":
        raise InvalidInput(f"expected numbers as {name} in sample {number}, got {array.dtype}")
    if array.size and not -(2.0**62) < float(array.min()) <= float(array.max()) < 2.0**62:
        raise InvalidInput(f"expected {name} below 2**62 in sample {number}, got {array.min()} to {array.max()}")
    return array.astype(np.int64)


def _limited(step: NDArray[np.int64], address: NDArray[np.int64], limit: int) -> tuple[Any, Any]:
    """In order of step and address, each pair at most `limit` times."""
    order = np.lexsort((address, step))
    step, address = step[order], address[order]
    new = np.flatnonzero(np.r_[True, (np.diff(step) != 0) | (np.diff(address) != 0)][: step.size])
    rank = np.arange(step.size) - np.repeat(new, np.diff(np.r_[new, step.size]))
    return step[rank < limit], address[rank < limit]
