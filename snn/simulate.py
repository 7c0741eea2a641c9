"""The verb: `simulate(network, inputs) -> Activity`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn.activity import Activity
from snn.codes import Ttfs, check_steps
from snn.network import Network
from snn.noise import Noise, as_tuple
from spikewright import InvalidInput

ENGINES = ("event", "temporal", "reference")
RECORDS = ("rasters", "potentials")


@dataclass(frozen=True, eq=False)
class Request:
    """One simulation, checked: `images (batch, *input shape)` float32, the noise, and what to record."""

    network: Network
    images: NDArray[np.float32]
    noise: tuple[Noise, ...] = ()
    record: tuple[str, ...] = ()


def simulate(
    network: Network,
    inputs: Any,
    *,
    steps: int | None = None,
    engine: str | None = None,
    noise: Noise | tuple[Noise, ...] | None = None,
    record: Sequence[str] = (),
) -> Activity:
    """Run `network` on `inputs (batch, channels, height, width)` (or `(batch, features)`), array or CPU tensor.

    `steps` and `engine` come from the network's code unless given: "temporal" for `Ttfs`, else "event"; "reference" is the
    dense plain one. `noise`: `SpikeDeletion`, `SpikeJitter` or a tuple of them, applied in order.
    `record`: "rasters", "potentials".
    Raises InvalidInput for a wrong shape, NaN, an engine that does not fit the network, or steps outside 1 to 1,000,000.
    """
    network = network if steps is None else with_steps(network, steps)
    timed = isinstance(network.code, Ttfs)
    unknown = set(record) - set(RECORDS)
    if unknown:
        raise InvalidInput(f"expected a record among {', '.join(RECORDS)}, got {', '.join(sorted(unknown))}")
    request = Request(
        network,
        check_images(network, inputs),
        as_tuple(noise, steps=None if timed else network.steps),
        tuple(record),
    )
    return _engine(engine or ("temporal" if timed else "event"), timed)(request)


def with_steps(network: Network, steps: int) -> Network:
    """The same network over another number of steps; the scale of its logits follows. Raises InvalidInput for time codes."""
    check_steps(steps)
    if isinstance(network.code, Ttfs) or steps == network.steps:
        if steps != network.steps:
            raise InvalidInput("expected no steps for a time-coded network; it has windows, not steps")
        return network
    scale = network.logit_scale * network.steps / steps
    return replace(network, code=replace(network.code, steps=steps), logit_scale=scale)


def check_images(network: Network, inputs: Any) -> NDArray[np.float32]:
    """Inputs as float32 `(batch, *input shape)`. Raises InvalidInput for another shape, NaN or infinity, or an empty batch."""
    shape = network.by_name[network.input].shape
    images = np.ascontiguousarray(inputs, dtype=np.float32)
    if images.ndim != len(shape) + 1 or images.shape[1:] != shape:
        raise InvalidInput(f"expected inputs of shape (batch, {', '.join(map(str, shape))}), got {images.shape}")
    if images.shape[0] == 0:
        raise InvalidInput("expected at least one input, got an empty batch")
    if not np.all(np.isfinite(images)):
        raise InvalidInput("expected finite inputs, got NaN or infinity")
    return images


def _engine(name: str, timed: bool) -> Callable[[Request], Activity]:
    if name not in ENGINES:
        raise InvalidInput(f"expected an engine among {', '.join(ENGINES)}, got {name!r}")
    if name != "reference" and (name == "temporal") != timed:
        right = "temporal" if timed else "event"
        raise InvalidInput(f"expected the engine {right!r} or 'reference' for this network, got {name!r}")
    module = import_module(f"snn.engines.{name}")
    run: Callable[[Request], Activity] = module.run
    return run
