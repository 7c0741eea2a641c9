"""Lists where a setting takes one value: a part for each of them, and for all combinations of several.

    conversions: [{name: rate, recipe: rate, steps: [4, 8, 16]}]     # rate-steps4, rate-steps8, rate-steps16

A range, `{from: 4, to: 16, factor: 2}`, is such a list too. A setting that takes a list stays as it is. Where the study names a
part that was a grid, it means all that came of it.
"""

import re
from collections.abc import Iterator
from itertools import product
from types import NoneType
from typing import Any

from spikewright import InvalidFile, SpikewrightError
from spikewright.experiments.families import ATTACKS, CORRUPTIONS, RECIPES
from spikewright.experiments.records.provenance import content_hash
from spikewright.experiments.stages.table import STAGES
from spikewright.experiments.studies.located import Fields, Items
from spikewright.experiments.studies.value_ranges import is_range, values_in
from spikewright.tables import Family

MOST_PARTS = 1000
LONGEST_NAME = 80
"""Characters of a part's name; longer ones end in a hash of all that they say."""
OWN = {"compressions": (), "conversions": ("source", "samples"), "noise": ("images", "repeats"),
       "attacks": ("images", "transfer_from"), "stages": ()}  # fmt: skip
"""Settings of the parts themselves that take one value."""
PLAIN = (int, float, bool, str, NoneType)
"""What one value may be."""
NAMED = ("source", "subjects", "networks", "transfer_from")
"""Settings that name other parts."""


def expanded(study: Fields) -> Fields:
    """The study with a part for each value of each grid. Raises InvalidFile for more than 1,000 of one part."""
    made, groups = Fields(study, study.lines), dict[str, list[str]]()
    for section in ("compressions", "conversions"):
        made = _section(made, section, groups)
    for section in ("noise", "attacks"):
        if isinstance(made.get("robustness"), Fields):
            made["robustness"] = _section(made["robustness"], section, groups)
    made = _section(made, "stages", groups)
    for section in ("robustness", "hardware"):
        if isinstance(made.get(section), Fields):
            made[section] = _renamed(made[section], groups)
    return made


def _section(holder: Fields, section: str, groups: dict[str, list[str]]) -> Fields:
    parts = holder.get(section)
    if not isinstance(parts, Items):
        return holder
    found = Items([], [])
    for part, line in zip(parts, parts.lines, strict=True):
        each = list(_of_part(_renamed(part, groups), section, str(line))) if isinstance(part, Fields) else [part]
        if isinstance(part, Fields) and "name" in part and each != [part]:
            groups[str(part["name"])] = [one["name"] for one in each]
        found += each
        found.lines += [line] * len(each)
    return Fields({**holder, section: found}, holder.lines)


def _of_part(part: Fields, section: str, line: str) -> Iterator[Fields]:
    grids = [(place, value) for place, value in alternatives(part, section) if value]
    count = 1
    for _, values in grids:
        count *= len(values)
    if count > MOST_PARTS:
        raise InvalidFile(f"{line}: expected at most {MOST_PARTS:,} parts of a grid, got {count:,}; try fewer values")
    for each in product(*(values for _, values in grids)):
        settings = [(place, value) for (place, _), value in zip(grids, each, strict=True)]
        yield _with(part, settings) if settings else part


def alternatives(part: Fields, section: str) -> Iterator[tuple[tuple[str, ...], Items]]:
    """Where a list or a range stands in place of one value, as ("steps",) or ("fixed", "weight_bits"), and its values."""
    one = {*OWN[section], *_single(part, section)}
    yield from _several(part, (), one)
    for inner in ("options", "fixed"):
        if isinstance(part.get(inner), Fields):
            yield from _several(part[inner], (inner,), one if inner == "options" else set(part[inner]))


def _several(fields: Fields, place: tuple[str, ...], one: set[str]) -> Iterator[tuple[tuple[str, ...], Items]]:
    for name, value in fields.items():
        if name in one and isinstance(value, Items):
            yield (*place, name), value
        elif name in one and is_range(value):
            yield (*place, name), values_in(value)


def _single(part: Fields, section: str) -> Iterator[str]:
    """The settings of the part's record that take no list."""
    family, name = _record(part, section)
    try:
        options = family.options(name)
    except SpikewrightError:  # the check of the study says what is wrong with the name
        return
    for option in options:
        if all(form.choices or form.kind in PLAIN for form in option.forms):
            yield option.name


def _record(part: Fields, section: str) -> tuple[Family[Any], Any]:
    known: dict[str, tuple[Family[Any], Any]] = {
        "compressions": (STAGES, "compress"), "conversions": (RECIPES, part.get("recipe")),
        "noise": (CORRUPTIONS, part.get("kind")), "attacks": (ATTACKS, part.get("kind")),
        "stages": (STAGES, part.get("stage")),
    }  # fmt: skip
    return known[section]


def _with(part: Fields, settings: list[tuple[tuple[str, ...], Any]]) -> Fields:
    """The part with one value for each grid, which its name says."""
    made = part
    for place, value in settings:
        made = chosen(made, place, value)
    if isinstance(part.get("name"), str):
        name = "-".join([part["name"], *(_word(place[-1], value) for place, value in settings)])
        made["name"] = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 9]}-{content_hash(name, 8)}"
    return made


def chosen(part: Fields, place: tuple[str, ...], value: Any) -> Fields:
    """The part with one value at a place."""
    inner = value if len(place) == 1 else Fields({**part[place[0]], place[1]: value}, part[place[0]].lines)
    return Fields({**part, place[0]: inner}, part.lines)


def _word(setting: str, value: Any) -> str:
    """A setting and its value as they may stand in a name: "sparsity0_5"; of another part its name alone."""
    word = re.sub(r"[^a-z0-9-]+", "_", str(value).lower())
    return word if setting in NAMED else f"{setting}{word}"


def _renamed(part: Fields, groups: dict[str, list[str]]) -> Fields:
    """The part, which names all that came of a grid where it named that."""
    made = Fields(part, part.lines)
    for name in NAMED:
        said = part.get(name)
        if isinstance(said, str) and said in groups:
            made[name] = Items(groups[said], [part.lines[name]] * len(groups[said]))
        elif isinstance(said, list):
            names = [each for one in said for each in (groups.get(one, [one]) if isinstance(one, str) else [one])]
            made[name] = Items(names, [part.lines[name]] * len(names))
    return made
