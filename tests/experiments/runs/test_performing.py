"""One order, by a worker that sees the store and by one that does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from spikewright.experiments.runs.borrowed import borrowed_store, give_back
from spikewright.experiments.runs.orders import Order, bare
from spikewright.experiments.runs.packing import packed
from spikewright.experiments.runs.performing import perform
from tests.experiments.records.made_records import store_in
from tests.experiments.runs.cheap import cheap


def test_a_worker_that_sees_the_store_writes_there(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    need = cheap("need", value=2)
    assert perform(Order(bare(need), {}, str(tmp_path), store.number)).fault is None
    cell = cheap("cell", need, value=5)
    made = perform(Order(bare(cell), {"need0": need.folder}, str(tmp_path), store.number, threads=2, tries=3))
    record = store.read(cell.folder)
    assert made.packed is None and record.rows == {"numbers": [{"name": "cell", "number": 7}]}
    assert record.needs == {"need0": need.key} and record.spent.tries == 3 and record.spent.memory_mb > 0


def test_a_worker_elsewhere_asks_for_what_it_needs_and_sends_the_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "elsewhere"))
    store = store_in(tmp_path / "store")
    need = cheap("need", value=2)
    perform(Order(bare(need), {}, str(store.folder), store.number))
    cell = cheap("cell", need, value=5)
    order = Order(bare(cell), {"need0": need.folder}, str(tmp_path / "no such folder"), store.number)
    assert perform(order).missing == (need.folder,)
    made = perform(replace(order, packed={need.folder: packed(store.cells / need.folder)}))
    assert made.packed is not None and not store.holds(cell.folder)
    assert perform(order).missing == ()  # what was sent once is kept there
    own = borrowed_store(store.number)
    assert own.folder.is_relative_to(tmp_path / "elsewhere")
    assert own.read(cell.folder).rows["numbers"][0]["number"] == 7
    give_back(own.folder)
    assert not own.folder.exists()


def test_a_cell_that_is_finished_meanwhile_is_not_made_again(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    cell = cheap("cell", value=2)
    order = Order(bare(cell), {}, str(tmp_path), store.number)
    first = perform(order)
    before = store.read(cell.folder).text()
    again = perform(replace(order, tries=2))
    assert (again.fault, again.seconds) == (None, first.seconds) and store.read(cell.folder).text() == before


def test_needs_that_were_changed_are_told(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    need = cheap("need")
    perform(Order(bare(need), {}, str(tmp_path), store.number))
    (store.cells / need.folder / "number.txt").write_text("9")
    order = Order(bare(cheap("cell", need)), {"need0": need.folder}, str(tmp_path), store.number)
    assert perform(order).damaged == (need.folder,)
