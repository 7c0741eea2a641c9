"""What records of noise and faults have in common: a seed, and how strong they are."""

from collections.abc import Callable

from spikewright import InvalidInput
from spikewright.snn.checked import check_seed, is_between, plain


class SeededRecord:
    """A frozen record with a `seed`: its probability, fraction or deviation is one, else InvalidInput."""

    seed: int

    def __post_init__(self) -> None:
        plain(self)
        for name, check in _STRENGTHS.items():
            if hasattr(self, name):
                check(getattr(self, name))
        check_seed(self.seed)


def _check_probability(probability: float) -> None:
    """Raise InvalidInput unless 0 <= probability <= 1."""
    if not is_between(probability, 0.0, 1.0):
        raise InvalidInput(f"expected a probability from 0 to 1, got {probability!r}")


def _check_deviation(deviation: float) -> None:
    """Raise InvalidInput unless 0 <= deviation <= 100."""
    if not is_between(deviation, 0.0, 100.0):
        raise InvalidInput(f"expected a standard deviation from 0 to 100, got {deviation!r}")


_STRENGTHS: dict[str, Callable[[float], None]] = {
    "probability": _check_probability,
    "fraction": _check_probability,
    "deviation": _check_deviation,
}
