"""Tables hold the rows of cells in their order, in parts, and the same cells give the same bytes."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.records import tables
from spikewright.experiments.records.tables import read_parts, write_rows, write_tables
from tests.experiments.records.made_records import add, store_in


def test_rows_come_back_in_order_with_their_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PART_ROWS", 4)
    store = store_in(tmp_path)
    names = [add(store, f"c{n}", {"t": [{"x": n, **({"y": 0.5} if n > 4 else {})}]}) for n in range(10)]
    assert set(write_tables(store, names)) == {"t", "cells"}
    assert len(list((store.tables / "t").glob("*.parquet"))) == 3
    read = read_parts(store.tables / "t")
    assert read["x"] == list(range(10)) and read["y"] == [None] * 5 + [0.5] * 5
    assert read["cell"] == [store.read(name).key for name in names] and set(read["commit"]) == {"commit"}
    header, *lines = (store.tables / "t.csv").read_text().splitlines()
    assert header.startswith("x,seed,cell") and header.endswith(",y") and len(lines) == 10


def test_the_same_cells_give_the_same_bytes(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    names = [add(store, f"c{n}", {"t": [{"x": n}]}) for n in range(3)]
    write_tables(store, names)
    before = {path.name: path.read_bytes() for path in store.tables.rglob("*") if path.is_file()}
    write_tables(store, names)
    assert {path.name: path.read_bytes() for path in store.tables.rglob("*") if path.is_file()} == before


def test_tables_of_before_go_and_those_of_others_stay(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first, second = add(store, "a", {"old": [{"x": 1}]}), add(store, "b", {"new": [{"x": 1}]})
    write_tables(store, [first])
    (store.tables / "mine.csv").write_text("mine")
    (store.tables / "my folder").mkdir()
    write_tables(store, [second])
    write_rows(store, "checks", [{"holds": True}])
    found = {path.name for path in store.tables.iterdir()}
    assert found == {"new", "new.csv", "cells", "cells.csv", "checks", "checks.csv", "mine.csv", "my folder"}


def test_tables_that_are_up_to_date_are_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spikewright.experiments.records.provenance.current_commit", lambda: "first")
    store = store_in(tmp_path)
    names = [add(store, f"c{n}", {"t": [{"x": n}]}) for n in range(3)]
    more = [("runs", [{"run": "first"}])]
    made = write_tables(store, names, more)
    read: list[Path] = []
    monkeypatch.setattr("spikewright.experiments.records.store.read_record", lambda place: read.append(place))
    assert write_tables(store, names, more) == made == ("t", "cells", "runs") and not read
    monkeypatch.undo()
    assert write_tables(store, names[:2], more) and read_parts(store.tables / "t")["x"] == [0, 1]
    (store.tables / "t.csv").unlink()
    assert write_tables(store, names[:2], more) and (store.tables / "t.csv").is_file()


def test_a_table_that_is_not_there_or_damaged_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="expected a table"):
        read_parts(tmp_path)
    (tmp_path / "part-0000.parquet").write_bytes(b"nothing")
    with pytest.raises(InvalidFile, match="expected a table"):
        read_parts(tmp_path)
