"""Questions in SQL over the tables of a store."""

from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.experiments.records.querying import open_results
from spikewright.experiments.records.tables import write_tables
from tests.experiments.records.made_records import add, store_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = store_in(tmp_path / "it's a store")
    names = [add(store, f"c{n}", {"t": [{"x": n, "odd name": n % 2 == 1}]}) for n in range(4)]
    write_tables(store, names)
    return store.folder


def test_answers(folder: Path) -> None:
    results = open_results(folder)
    assert results.names == ("cells", "t")
    assert results.query('select sum(x) as s from t where "odd name"')["s"] == [4]
    joined = results.query("select name, x from t join cells using (cell) order by x desc limit 1")
    assert list(joined) == [{"name": "c3", "x": 3}]
    assert results.table("t")["x"] == [0, 1, 2, 3]


@pytest.mark.parametrize("question", ["", "select", "select * from nothing", "drop"])
def test_bad_questions_are_told_in_a_sentence(folder: Path, question: str) -> None:
    with pytest.raises(InvalidInput, match="about cells, t, got"):
        open_results(folder).query(question)


def test_unknown_tables(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="expected a table out of cells, t, got 'cell'; try cells"):
        open_results(folder).table("cell")
