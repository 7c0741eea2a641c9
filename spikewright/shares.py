"""How sure one can be of a share that was counted on some of many."""

from math import sqrt
from statistics import NormalDist

from spikewright.errors import InvalidInput


def wilson(successes: int, samples: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927), `(low, high)`.

    With p = successes / samples and z the normal quantile: (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1
    + z^2 / n). Raises InvalidInput unless 0 <= successes <= samples, samples >= 1 and 0 < confidence < 1.
    """
    if samples < 1 or not 0 <= successes <= samples:
        raise InvalidInput(f"expected 0 <= successes <= samples and samples >= 1, got {successes} of {samples}")
    if not 0 < confidence < 1:
        raise InvalidInput(f"expected a confidence between 0 and 1, got {confidence}")
    return score_interval(successes / samples, samples, confidence)


def score_interval(share: float, samples: int, confidence: float) -> tuple[float, float]:
    """The same for a share that need not be a whole number of `samples`."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    scale = 1 + z * z / samples
    middle = (share + z * z / (2 * samples)) / scale
    half = z / scale * sqrt(share * (1 - share) / samples + z * z / (4 * samples * samples))
    low = 0.0 if share == 0 else middle - half
    return low, 1.0 if share == 1 else middle + half
