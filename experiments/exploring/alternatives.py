"""The alternatives of a study file that has a section `search`, taken out of their places.

What is left is a study in which each setting has the first of its values; the section says what else it may be.
"""

from collections.abc import Iterator

from spikewright import InvalidFile
from spikewright.experiments.studies.grids import alternatives, chosen
from spikewright.experiments.studies.located import Fields, FileLine, Items

SEARCH, SPACE = "search", "space"
SECTIONS = ("compressions", "conversions")


def lifted(study: Fields) -> Fields:
    """The study with first values, and the alternatives in `search.space`. Raises InvalidFile for one without a value."""
    search = study.get(SEARCH)
    if not isinstance(search, Fields):
        return study
    found = list(_found(study))
    made = study
    for section, number, place, values in found:
        made = _with(made, section, number, place, values[0])
    if not found:
        return made
    if SPACE in search:
        raise InvalidFile(
            f"{search.lines[SPACE]}: expected alternatives in their places or in {SPACE}, got both; try one"
        )
    told = [_told(study, section, number, place, values) for section, number, place, values in found]
    lines = [each.lines["values"] for each in told]
    search = Fields({**search, SPACE: Items(told, lines)}, {**search.lines, SPACE: study.lines[SEARCH]})
    return Fields({**made, SEARCH: search}, made.lines)


def variants(study: Fields) -> Iterator[Fields]:
    """The study with each further value of each alternative, one at a time, without the section `search`."""
    plain = Fields({name: value for name, value in study.items() if name != SEARCH}, study.lines)
    found = list(_found(study)) if SEARCH in study else []
    first = plain
    for section, number, place, values in found:
        first = _with(first, section, number, place, values[0])
    for section, number, place, values in found:
        yield from (_with(first, section, number, place, value) for value in values[1:])


def _found(study: Fields) -> Iterator[tuple[str, int, tuple[str, ...], Items]]:
    """Section, number of the part, place in it, and values."""
    for section in SECTIONS:
        parts = study.get(section)
        for number, part in enumerate(parts if isinstance(parts, Items) else ()):
            if isinstance(part, Fields):
                for place, values in alternatives(part, section):
                    if not values:
                        raise InvalidFile(f"{_line(part, place)}: expected at least one value of {place[-1]}, got none")
                    yield section, number, place, values


def _with(study: Fields, section: str, number: int, place: tuple[str, ...], value: object) -> Fields:
    parts = Items(study[section], study[section].lines)
    parts[number] = chosen(parts[number], place, value)
    return Fields({**study, section: parts}, study.lines)


def _told(study: Fields, section: str, number: int, place: tuple[str, ...], values: Items) -> Fields:
    part = study[section][number]
    line = _line(part, place)
    name = str(part.get("name", "compressed"))
    return Fields({"place": ".".join([name, *place]), "values": values}, {"place": line, "values": line})


def _line(part: Fields, place: tuple[str, ...]) -> FileLine:
    line: FileLine = part.lines[place[0]]
    inner = part[place[0]]
    return inner.lines[place[1]] if len(place) == 2 and isinstance(inner, Fields) else line
