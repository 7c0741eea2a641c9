"""What a table of robustness is asked for: attacks and corruptions, as records or by their names, with their strengths."""

from collections.abc import Iterable, Sequence
from typing import Any

from spikewright import InvalidInput
from spikewright.robustness.attacks import ATTACKS
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.checks import as_strengths, check_strength
from spikewright.robustness.corruptions import CORRUPTIONS
from spikewright.robustness.corruptions.base import Corruption
from spikewright.tables import imported, nearest

Perturbation = Attack | Corruption
Trial = tuple[Perturbation, tuple[float, ...]]
"""A perturbation and the strengths that it is tried at."""


def perturbation(name: str) -> Perturbation:
    """The attack or corruption of a name, or a user's own as "package.module:Class", with the settings that it has by itself.

    Raises InvalidInput for a name that is in neither table, with the nearest, and for an object that is neither.
    """
    own = imported(name, "attack or corruption") if ":" in name else None
    for family in (ATTACKS, CORRUPTIONS):
        if name in family or (own is not None and family.holds(own)):
            made: Perturbation = family.make(name, {})
            return made
    known = [*ATTACKS, *CORRUPTIONS]
    way = nearest(name.lower(), known) or "your own as package.module:Class"
    raise InvalidInput(f"expected an attack or a corruption out of {', '.join(known)}, got {name!r:.60}; try {way}")


def trial(item: Any, epsilons: Sequence[float]) -> Trial:
    """A perturbation with its strengths, from `(perturbation, strengths)` or the perturbation alone, which takes `epsilons`.

    Raises InvalidInput for anything else, for no strengths, and for strengths that are no finite numbers from 0 on.
    """
    given, strengths = item if isinstance(item, tuple) and len(item) == 2 else (item, epsilons)
    one = perturbation(given) if isinstance(given, str) else given
    if not isinstance(one, Attack | Corruption):
        raise InvalidInput(
            f"expected an attack or a corruption, got {type(one).__name__}; try PGD() or GaussianNoise()"
        )
    chosen = as_strengths(strengths)
    if not chosen:
        raise InvalidInput(f"expected at least one strength for {one.name}, got none; try epsilons=[0.1]")
    for strength in chosen:
        check_strength(strength)
    return one, chosen


def trials_of(perturbations: Any, epsilons: Sequence[float]) -> list[Trial]:
    """The trials of a table, from one perturbation or several. Raises InvalidInput as `trial`, and for two of one name."""
    alone = isinstance(perturbations, Attack | Corruption | str) or not isinstance(perturbations, Iterable)
    trials = [trial(item, epsilons) for item in ([perturbations] if alone else perturbations)]
    for place, (one, _) in enumerate(trials):
        if any(other.name == one.name and other != one for other, _ in trials[:place]):
            raise InvalidInput(
                f"expected perturbations that differ in their names, got two called {one.name!r}; "
                "try sources with names of their own, or two tables"
            )
    return trials
