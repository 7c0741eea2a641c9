"""The space of a search: every study that the alternatives of a study file allow, each of them one chain of parts.

A point is what was chosen: a chain (the conversion at its end; without conversions, the compression) where there are several, the
settings of that part, and those of the compression that it is made from. `study_at` is the study of a point, whose parts are
named as those of a grid, so that a cell of two points is one cell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from spikewright import InvalidInput
from spikewright.experiments.studies.grids import expanded
from spikewright.experiments.studies.located import FileLine, in_one_line
from spikewright.experiments.studies.spec import Study, make_study
from spikewright.tables import nearest

CHAIN, SOURCE, ANN = "chain", "source", "ann"
Point = dict[str, Any]
Values = tuple[Any, ...]
NAMED = ("subjects", "networks")
"""Settings that name models and networks, of which a point has those of its own chain."""


@dataclass(frozen=True, eq=False)
class Space:
    """All points of a study. Raises InvalidInput for places that are none of its settings, and where there is one point only."""

    study: Study

    def __post_init__(self) -> None:
        known = [*(part.name for part in self.study.compressions), *(part.name for part in self.study.conversions)]
        for place in self._places:
            part = place.partition(".")[0]
            if part not in known:
                near = nearest(part, known)
                way = f"; try {near}" if near else ""
                raise InvalidInput(f"search.space: expected a setting of {', '.join(known)}, got {place!r}{way}")
        if self.size < 2:
            raise InvalidInput(
                "search: expected alternatives, got none; try a list or a range, such as steps: [4, 8, 16]"
            )

    @cached_property
    def _places(self) -> dict[str, Values]:
        search = self.study.search
        alternatives = () if search is None else search.space
        return {each.place.replace(".options.", "."): tuple(dict.fromkeys(each.values)) for each in alternatives}

    @property
    def chains(self) -> tuple[str, ...]:
        """The names of the parts at the ends of chains."""
        return tuple(part.name for part in self.study.conversions or self.study.compressions) or (ANN,)

    @property
    def dimensions(self) -> dict[str, Values]:
        """All that may be chosen, and out of what; not all of it means something for each point."""
        return ({CHAIN: self.chains} if len(self.chains) > 1 else {}) | self._places

    @property
    def size(self) -> int:
        """How many points there are."""
        total = 0
        for chain in self.chains:
            own = prod(len(values) for place, values in self._of(chain).items() if place != f"{chain}.{SOURCE}")
            sources = self._places.get(f"{chain}.{SOURCE}", (self._source(chain, {}),))
            total += own * sum(prod(map(len, self._of(source).values())) for source in sources)
        return total

    def points(self) -> Iterator[Point]:
        """Every point once, in the order of the study file."""
        for chain in self.chains:
            for own in _choices(self._of(chain)):
                for below in _choices(self._of(self._source(chain, own))):
                    yield self.point({CHAIN: chain, **own, **below})

    def point(self, chosen: Mapping[str, Any]) -> Point:
        """Of a choice for every dimension, what means something."""
        chain = chosen.get(CHAIN, self.chains[0])
        places = [*self._of(chain), *self._of(self._source(chain, chosen))]
        return ({CHAIN: chain} if len(self.chains) > 1 else {}) | {place: chosen[place] for place in places}

    def study_at(self, point: Point) -> Study:
        """The study of a point: one chain, each setting with one value. Raises InvalidInput for what no study may be."""
        chain = point.get(CHAIN, self.chains[0])
        names = [ANN, self._source(chain, point), chain]
        raw = self.study.model_dump(mode="json", exclude={"search"})
        for part in raw["conversions"]:  # told, so that its name says it too
            part["source"] = part["source"] or self._source(part["name"], point)
        for section in ("compressions", "conversions"):
            raw[section] = [_chosen(part, point) for part in raw[section] if part["name"] in names]
        values = expanded(in_one_line(_within(raw, names), FileLine(Path("search"))))
        return make_study(values, stored=True)

    def names_at(self, point: Point, study: Study) -> dict[str, str]:
        """What the model and networks of a point are called in its study, by the names of their parts; the chain's end first."""
        chain = point.get(CHAIN, self.chains[0])
        found = {chain: study.conversions[-1].name} if study.conversions else {}
        if study.compressions:
            found[self._source(chain, point) if study.conversions else chain] = study.compressions[-1].name
        return {**found, ANN: ANN}

    def _of(self, part: str) -> dict[str, Values]:
        """The alternatives of one part."""
        return {place: values for place, values in self._places.items() if place.partition(".")[0] == part}

    def _source(self, chain: str, chosen: Mapping[str, Any]) -> str:
        """What the part at the end of a chain is made from."""
        part = next((each for each in self.study.conversions if each.name == chain), None)
        if part is None:
            return ANN
        last = self.study.compressions[-1].name if self.study.compressions else ANN
        return str(chosen.get(f"{chain}.{SOURCE}") or part.source or last)


def key_of(point: Point) -> tuple[tuple[str, Any], ...]:
    """What tells a point from others."""
    return tuple(point.items())


def _choices(places: Mapping[str, Values]) -> Iterator[Point]:
    for values in product(*places.values()):
        yield dict(zip(places, values, strict=True))


def _chosen(part: dict[str, Any], point: Point) -> dict[str, Any]:
    """The values of a part with the settings of a point, each as a grid of one value."""
    made = {**part, "options": dict(part["options"])}
    for place, value in point.items():
        name, *inner = place.split(".")
        if inner and name == part["name"]:
            *inner, setting = inner
            if inner == ["fixed"]:
                made["fixed"] = {**(made["fixed"] or {}), setting: [value]}
            else:
                (made if setting in part else made["options"])[setting] = [value]
    return made


def _within(raw: Any, names: list[str]) -> Any:
    """Plain values of a study that name models and networks of one chain only; a part that named others alone is left out."""
    if isinstance(raw, list):
        return [made for one in raw for made in [_within(one, names)] if one is None or made is not None]
    if not isinstance(raw, dict):
        return raw
    made = {}
    for name, value in raw.items():
        if name in NAMED and isinstance(value, list):
            value = [each for each in value if each in names]
            if not value:
                return None
        made[name] = _within(value, names)
    return made
