"""What a study left is read when it is asked for."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.records.reading import Tables, origins, read_json, read_provenance
from spikewright.experiments.records.tables import write_tables
from tests.experiments.records.made_records import add, store_in


def test_measured_tables_and_books_are_apart(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    write_tables(store, [add(store, f"c{n}", {"t": [{"x": n}]}, file="f") for n in range(2)])
    tables = Tables(store)
    assert list(tables) == ["t"] and len(tables) == 1 and "cells" in tables.results.names
    assert tables["t"] is tables["t"] and tables.get("nothing") is None
    assert list(origins(tables)) == [{"commit": "commit", "spikewright": "1", "versions": "numpy 2", "cells": 2}]


@pytest.mark.parametrize("text", ["", "[]", "3", "null", "{}", "[" * 100_000])
def test_damage_is_an_invalid_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "provenance.json"
    path.write_text(text)
    with pytest.raises(InvalidFile, match="expected the"):
        read_provenance(path, "a study", "try again")
    with pytest.raises(InvalidFile, match="expected the folder of a study"):
        read_json(tmp_path / "nothing.json")
