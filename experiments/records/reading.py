"""What a study left in its folder, read again."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, Table
from spikewright.experiments.records.provenance import Provenance
from spikewright.experiments.records.querying import Results
from spikewright.experiments.records.store import Store

BOOKS = ("artefacts", "cells", "environment", "runs")
"""Tables about the store itself."""


@dataclass(frozen=True)
class Tables(Mapping[str, Table]):
    """The measured tables of a store by name, each read once, when it is asked for; `books` are those about the store."""

    store: Store

    @cached_property
    def _read(self) -> dict[str, Table]:
        return {}

    @cached_property
    def results(self) -> Results:
        """The same, for questions in SQL."""
        return Results(self.store)

    def __getitem__(self, name: str) -> Table:
        if name not in self._read:
            if name not in self.results.names:
                raise KeyError(name)
            self._read[name] = self.results.table(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.results.names if name not in BOOKS)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def origins(tables: Mapping[str, Table]) -> Table:
    """One row for each state of code and versions under which cells were made, and how many those were."""
    names = ("commit", "spikewright", "versions")
    found = Counter(tuple(row[name] for name in names) for row in tables["cells"])
    return Table.of({**dict(zip(names, key, strict=True)), "cells": count} for key, count in found.items())


def read_json(path: Path) -> Any:
    """The values in a JSON file of a study. Raises InvalidFile where there is none."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidFile(
            f"expected the folder of a study with {path}, got: {error}; try `spikewright study` first"
        ) from error


def read_provenance(path: Path, what: str, way: str) -> Provenance:
    """What a provenance file says. Raises InvalidFile, with `way` as what to do."""
    try:
        return Provenance.from_dict(read_json(path))
    except (TypeError, KeyError, AttributeError) as error:
        raise InvalidFile(f"expected the provenance of {what} in {path}, got: {error}; {way}") from error
