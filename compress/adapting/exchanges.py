"""Which substitute stands in at which place: what the user says, else what is automatic."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spikewright import InvalidInput
from spikewright.compress.adapting.operations import plain_name
from spikewright.compress.adapting.places import Place, gate_places, other_places
from spikewright.compress.adapting.substitutes.base import AUTOMATIC, SUBSTITUTES, Substitute
from spikewright.compress.graph.view import GraphView
from spikewright.importing import nearest

KEPT = "keep"
"""What a user writes for a place that stays as it is."""
Wanted = Mapping[Any, Substitute | str | None]
"""By path, step, kind of layer (nn.SiLU, "SiLU") or of place ("gate"): a substitute, its name, or None to keep what is there."""


@dataclass(frozen=True)
class Exchange:
    """Places of one sort, and what stands in there: `name` is that of the table, or of the user's own class."""

    places: tuple[Place, ...]
    substitute: Substitute

    @property
    def what(self) -> str:
        """What is replaced, in a word."""
        return self.places[0].what

    @property
    def name(self) -> str:
        """What stands in: its name in the table, or the class of the user's own."""
        kind = type(self.substitute)
        return next((name for name, known in SUBSTITUTES.items() if known is kind), kind.__name__)


def chosen(view: GraphView, wanted: Wanted, *, for_hardware: bool, one_by_one: bool) -> tuple[Exchange, ...]:
    """What is to be replaced by what, places of one sort together, or each by itself.

    Raises InvalidInput for a key of `wanted` that fits no place, and for a substitute of another kind than the place.
    """
    told = substitutes_of(wanted)
    pick = _Pick(told, for_hardware)
    gates = tuple((place, pick.at(place)) for place in gate_places(view))
    cut = tuple(place for place, found in gates if found is not None)
    others = tuple((place, pick.at(place)) for place in other_places(view, cut))
    _check_used(told, pick.used, [place for place, _ in (*gates, *others)])
    found = [(place, substitute) for place, substitute in (*others, *gates) if substitute is not None]
    return _grouped(found, one_by_one=one_by_one)


def substitutes_of(wanted: Wanted) -> Mapping[str, Substitute | None]:
    """The records that are asked for, by key as places are known. Raises InvalidInput for what is none."""
    return {_key(key): _substitute(value) for key, value in wanted.items()}


class _Pick:
    """Finds the substitute of a place, and remembers which keys were of use."""

    def __init__(self, told: Mapping[str, Substitute | None], for_hardware: bool) -> None:
        self.told, self.for_hardware = told, for_hardware
        self.used: set[str] = set()

    def at(self, place: Place) -> Substitute | None:
        """None where the place stays as it is. Raises InvalidInput for a substitute of another kind."""
        said = [key for key in _names(place) if key in self.told]
        self.used.update(said)
        if said:
            return _checked(place, self.told[said[0]])
        if not place.refused and not (self.for_hardware and place.kind == "pooling"):
            return None
        if place.kind == "gate" and len(place.shape) not in (2, 3):
            return _named("no_gate")  # a constant one has no layer
        return _named(AUTOMATIC[place.kind])


def _names(place: Place) -> tuple[str, ...]:
    """Under which keys a place is known, the most particular first."""
    words = [plain_name(word) for word in place.what.split("+")]
    return (*filter(None, (place.path, place.node)), plain_name(place.what), *words, place.kind)


def _key(key: Any) -> str:
    """Paths as they are, classes and names of them in small letters."""
    text = key.__name__ if isinstance(key, type) else str(key)
    return plain_name(text) if text[:1].isupper() or text.startswith("nn.") else text


def _substitute(value: Any) -> Substitute | None:
    if value is None or value == KEPT:
        return None
    if isinstance(value, Substitute):
        return value
    if isinstance(value, str):
        return _named(value)
    raise InvalidInput(
        f"expected a substitute such as Relu6(), its name or None, got {value!r:.60}; try one of {', '.join(SUBSTITUTES)}"
    )


def _named(name: str) -> Substitute:
    made: Substitute = SUBSTITUTES.make(name, {})
    return made


def _checked(place: Place, substitute: Substitute | None) -> Substitute | None:
    if substitute is not None and substitute.kind != place.kind:
        fitting = ", ".join(name for name, kind in SUBSTITUTES.items() if kind.kind == place.kind)
        raise InvalidInput(
            f"expected a substitute for the {place.kind} {place.name} ({place.what}), got {type(substitute).__name__}, which "
            f"stands in for a {substitute.kind}; try {fitting}"
        )
    return substitute


def _check_used(told: Mapping[str, Any], used: set[str], places: Sequence[Place]) -> None:
    for key in told:
        if key not in used:
            known = dict.fromkeys(name for place in places for name in (place.name, place.what))
            way = nearest(key, known) or "without it"
            raise InvalidInput(
                f"expected places to replace out of {', '.join(known) or 'none'}, got {key!r}; try {way}"
            )


def _grouped(found: Iterable[tuple[Place, Substitute]], *, one_by_one: bool) -> tuple[Exchange, ...]:
    groups: dict[Any, list[Place]] = {}
    for place, substitute in found:
        groups.setdefault((place.name if one_by_one else place.what, substitute), []).append(place)
    return tuple(Exchange(tuple(places), substitute) for (_, substitute), places in groups.items())
