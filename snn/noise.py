"""Faults of spike transmission, seeded per sample: independent of batch size and threads.

Every draw is a pure function of (seed, stream, sample, step, neuron), the neuron counted C, H, W row-major:

    draw = m(m(m(m(seed + g stream) + g sample) + g step) + g neuron)   with uint64 wrap-around,

g = 0x9E3779B97F4A7C15 and m the finaliser of splitmix64 (Steele, Lea, Flood 2014). The stream is
2 * (place of the population in `network.populations`) for deletion, and one more for jitter.
Spikes of the input and of all spiking populations pass through noise; graded values (direct input, QuantReLU) do not.
"""

from dataclasses import dataclass

from spikewright import InvalidInput


@dataclass(frozen=True)
class SpikeDeletion:
    """Each spike is lost on its way with `probability`: iff draw < probability * 2**64.

    The neuron that sent it is reset all the same.
    """

    probability: float
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise InvalidInput(f"expected a probability from 0 to 1, got {self.probability}")
        check_seed(self.seed)


@dataclass(frozen=True)
class SpikeJitter:
    """Each spike arrives `draw mod (2 width + 1) - width` steps later, kept inside the window.

    Several may then share a step. In a time-coded network the shift is uniform in +-`width` windows,
    (draw / 2**64 * 2 - 1) * width * window.
    """

    width: float
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.width <= 1_000_000:
            raise InvalidInput(f"expected a jitter width from 0 to 1000000, got {self.width}")
        check_seed(self.seed)


Noise = SpikeDeletion | SpikeJitter
GOLDEN = 0x9E3779B97F4A7C15


def check_seed(seed: int) -> None:
    """Raise InvalidInput unless the seed is an integer from 0 to 2**63 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise InvalidInput(f"expected an integer seed from 0 to 2**63 - 1, got {seed!r}")


def as_tuple(noise: Noise | tuple[Noise, ...] | None, *, steps: int | None) -> tuple[Noise, ...]:
    """Noise as a tuple, checked against the time axis (`steps` None: no steps). Raises InvalidInput."""
    chosen = () if noise is None else tuple(noise) if isinstance(noise, tuple | list) else (noise,)
    for one in chosen:
        if not isinstance(one, SpikeDeletion | SpikeJitter):
            raise InvalidInput(f"expected SpikeDeletion or SpikeJitter as noise, got {type(one).__name__}")
        if steps is not None and isinstance(one, SpikeJitter) and one.width != int(one.width):
            raise InvalidInput(f"expected a whole number of steps as jitter width, got {one.width}")
    return chosen


def multiplicity(noise: tuple[Noise, ...], steps: int) -> int:
    """The most spikes of one neuron that can arrive in one step."""
    widths = [int(one.width) for one in noise if isinstance(one, SpikeJitter)]
    return min(steps, 1 + 2 * sum(widths))
