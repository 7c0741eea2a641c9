"""A store: cells appear as a whole and never change; others' folders and newer stores are refused."""

import json
from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.records.store import INDEX, Store
from tests.experiments.records.made_records import add, store_in


def test_a_cell_that_is_there_stays(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first = add(store, "a", {"t": [{"x": 1}]})
    assert add(store, "a", {"t": [{"x": 2}]}) == first
    assert store.read(first).rows == {"t": [{"x": 1}]} and list(store.names()) == [first]
    assert store.by_key() == {store.read(first).key: first}


def test_what_is_put_aside_is_no_cell_any_more(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    name = add(store, "a", {}, file="content")
    place = store.put_aside(name)
    assert not store.holds(name) and (place / "file").read_text() == "content" and not list(store.names())


def test_stores_keep_their_number_and_differ(tmp_path: Path) -> None:
    one, two = store_in(tmp_path / "one"), store_in(tmp_path / "two")
    assert one.number == Store.open(tmp_path / "one").number != two.number and len(one.number) == 32


def test_other_folders_and_other_layouts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InvalidFile, match="got another folder"):
        store_in(tmp_path)
    with pytest.raises(InvalidFile, match=INDEX):
        Store.open(tmp_path)
    store = store_in(tmp_path / "store")
    (store.folder / INDEX).write_text(json.dumps({"layout": 99, "number": "x"}))
    for opened in (lambda: Store.open(store.folder), lambda: store_in(store.folder)):
        with pytest.raises(InvalidFile, match=r"expected a store of layout 2 .* got 99; try the version"):
            opened()
