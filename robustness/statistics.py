"""How sure one can be: intervals for an accuracy, and paired tests between two models on the same images."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from scipy.stats import binomtest

from spikewright import InvalidInput


def wilson(successes: int, samples: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927), `(low, high)`.

    With p = successes / samples and z the normal quantile: (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1
    + z^2 / n). Raises InvalidInput unless 0 <= successes <= samples, samples >= 1 and 0 < confidence < 1.
    """
    if samples < 1 or not 0 <= successes <= samples:
        raise InvalidInput(f"expected 0 <= successes <= samples and samples >= 1, got {successes} of {samples}")
    if not 0 < confidence < 1:
        raise InvalidInput(f"expected a confidence between 0 and 1, got {confidence}")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, scale = successes / samples, 1 + z * z / samples
    middle = (share + z * z / (2 * samples)) / scale
    half = z / scale * sqrt(share * (1 - share) / samples + z * z / (4 * samples * samples))
    low = 0.0 if successes == 0 else middle - half
    return low, 1.0 if successes == samples else middle + half


@dataclass(frozen=True)
class McNemar:
    """`only_first`, `only_second`: images that one model gets right and the other wrong; `p_value` of the exact two-
    sided test.
    """

    only_first: int
    only_second: int
    p_value: float


def mcnemar(first: Any, second: Any) -> McNemar:
    """Do two models differ on the same images (McNemar 1947)? `first`, `second`: right or wrong, bool `(samples,)`.

    Under the null hypothesis the images on which they disagree fall either way with probability 1/2: an exact
    binomial test. Raises InvalidInput unless both are boolean and equally long.
    """
    right, other = np.asarray(first), np.asarray(second)
    if right.shape != other.shape or right.ndim != 1 or right.dtype != bool or other.dtype != bool:
        raise InvalidInput(
            f"expected two boolean arrays (samples,), got {right.dtype} {right.shape} and {other.dtype} {other.shape}"
        )
    only_first, only_second = int((right & ~other).sum()), int((~right & other).sum())
    total = only_first + only_second
    return McNemar(only_first, only_second, float(binomtest(only_first, total).pvalue) if total else 1.0)
