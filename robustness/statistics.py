"""How sure one can be: intervals for an accuracy, and paired tests between two models on the same images."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.stats import binomtest
from scipy.stats import t as student

from spikewright import InvalidInput
from spikewright.shares import score_interval
from spikewright.shares import wilson as wilson


def over_images_and_chips(right: Any, confidence: float = 0.95) -> tuple[float, float]:
    """An interval for the accuracy of other images on other chips, `(low, high)`; `right (chips, images)`, bool or shares 0 to 1.

    The score interval of the mean share p over n images has the distances a and b from p. Accuracies of m chips of standard
    deviation s add d = t s / sqrt(m), t the quantile of Student's distribution with m - 1 degrees of freedom, and the two
    are squared and added (Zou and Donner 2008): p - sqrt(a^2 + d^2) to p + sqrt(b^2 + d^2), inside 0 to 1. One chip says
    nothing about others: the interval is then over images. Shares of what is right in an image vary less than right or wrong, so
    for them it is rather too wide. Raises InvalidInput for anything but a matrix of truth values or shares.
    """
    table = np.asarray(right)
    shares = table.dtype == np.float64 and bool(((table >= 0) & (table <= 1)).all())
    if table.ndim != 2 or not (table.dtype == bool or shares) or not table.size:
        raise InvalidInput(f"expected right or wrong as bool (chips, images), got {table.dtype} {table.shape}")
    if not 0 < confidence < 1:
        raise InvalidInput(f"expected a confidence between 0 and 1, got {confidence}")
    chips, share = len(table), float(table.mean())
    low, high = score_interval(share, table.shape[1], confidence)
    if chips == 1:
        return low, high
    spread = float(table.mean(axis=1).std(ddof=1)) / sqrt(chips)
    reach = float(student.ppf(0.5 + confidence / 2, chips - 1)) * spread
    return max(0.0, share - sqrt((share - low) ** 2 + reach**2)), min(1.0, share + sqrt((high - share) ** 2 + reach**2))


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
