"""A calibration as it is stored: a table of the modules that were synthesised, and the laws that were fitted to it."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from io import StringIO
from typing import Any

from spikewright.hardware.area.keys import holds_constants, key_of
from spikewright.hardware.area.laws import ModuleLaw, features_of
from spikewright.hardware.placement import PlacingRule
from tests.calibrate.fitted import MeasuredModule, lucky

CELLS = ("lut", "ff", "dsp", "memory_lut", "carry", "blocks")
OF = " of "


def measured(
    module: str, parameters: Mapping[str, int | str], cells: Mapping[str, int], given: tuple[Any, str, PlacingRule]
) -> MeasuredModule:
    """A module as the table has it: by its key, or, where its size depends on what a file holds, by its features.

    `given`: the words of a file by its name, the family and where it puts memories.
    """
    features = features_of(module, parameters, *given)
    key = key_of(module, parameters)
    if holds_constants(module, parameters):
        told = " ".join(f"{name.replace(' ', '_')}={value:g}" for name, value in sorted(features.items()))
        key = f"{module}{OF}{told}"
    return MeasuredModule(key, features, cells)


def table_of(rows: Iterable[MeasuredModule]) -> str:
    """The table, a row for each module; one that was synthesised several times has its mean. What is `lucky` is left out."""
    kinds: defaultdict[str, list[MeasuredModule]] = defaultdict(list)
    for row in rows:
        kinds[row.law].append(row)
    found: defaultdict[str, list[MeasuredModule]] = defaultdict(list)
    for same in kinds.values():
        for row, far in zip(same, lucky(same), strict=True):
            if not far:
                found[row.key].append(row)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("module", *CELLS))
    for key in sorted(found):
        same = found[key]
        writer.writerow((key, *(round(sum(row.cells[cell] for row in same) / len(same)) for cell in CELLS)))
    return text.getvalue()


def rows_of(table: str, family: str, rule: PlacingRule) -> list[MeasuredModule]:
    """The modules of a table, with what their sizes grow with."""
    found = []
    for row in csv.DictReader(StringIO(table)):
        key, cells = row["module"], {cell: int(row[cell]) for cell in CELLS}
        if OF in key:
            told = dict(one.split("=", 1) for one in key.partition(OF)[2].split())
            features = {name.replace("_", " "): float(value) for name, value in told.items()}
        else:
            features = features_of(*parameters_of(key), _no_words, family, rule)
        found.append(MeasuredModule(key, features, cells))
    return found


def parameters_of(key: str) -> tuple[str, dict[str, int | str]]:
    """A module by its name, and what it is told, of a key that says so.

    >>> parameters_of("sw_lane_ramp KIND=ramp SHIFT=4294967295 SLOT=5")
    ('sw_lane_ramp', {'KIND': 'ramp', 'SHIFT': -1, 'SLOT': 5})
    """
    module, *told = key.split(" ")
    values = dict(one.split("=", 1) for one in told)
    return module, {name: _signed(int(value)) if _number(value) else value for name, value in values.items()}


def stored_laws(head: Mapping[str, Any], laws: Mapping[str, ModuleLaw]) -> str:
    """The laws as JSON, under what is said of the calibration."""
    return json.dumps({**head, "laws": {name: asdict(law) for name, law in laws.items()}}, indent=1) + "\n"


def _signed(value: int) -> int:
    """A number of 32 bits, as keys write those below zero."""
    return value - (1 << 32) if 1 << 31 <= value < 1 << 32 else value


def _number(value: str) -> bool:
    return value.lstrip("-").isdigit()


def _no_words(file: str) -> list[int]:
    raise KeyError(file)
