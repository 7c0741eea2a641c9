"""Questions in SQL over the tables of a store."""

from pathlib import Path

import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.records.querying import store
from spikewright.experiments.records.tables import write_tables
from tests.experiments.records.made_records import add, store_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = store_in(tmp_path / "it's a store")
    names = [add(made, f"c{n}", {"t": [{"x": n, "odd name": n % 2 == 1}]}) for n in range(4)]
    write_tables(made, names)
    return made.folder


def test_answers(folder: Path) -> None:
    results = store(folder)
    assert results.names == ("cells", "t")
    assert results.query('select sum(x) as s from t where "odd name"')["s"] == [4]
    joined = results.query("select name, x from t join cells using (cell) order by x desc limit 1")
    assert list(joined) == [{"name": "c3", "x": 3}]
    assert results.table("t")["x"] == [0, 1, 2, 3]


@pytest.mark.parametrize("question", ["", "select", "select * from nothing", "drop"])
def test_bad_questions_are_told_in_a_sentence(folder: Path, question: str) -> None:
    with pytest.raises(InvalidInput, match="about cells, t, got"):
        store(folder).query(question)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("copy t to '{}/new.csv'", "got the statement COPY"),
        ("copy t to '{}/tables/new.csv'", "got the statement COPY"),
        ("attach '{}/new.db'", "got the statement ATTACH"),
        ("create table u as from t", "got the statement CREATE"),
        ("set enable_external_access = true", "got the statement SET"),
        ("select 1; copy t to '{}/new.csv'", "got the statement COPY"),
        ("select 1; select 2", "got 2 statements"),
        ("select * from read_csv('{}/theirs.csv')", "a query reads the tables of its store alone"),
        ("select * from read_text('/etc/hosts')", "a query reads the tables of its store alone"),
        ("select * from glob('/*')", "a query reads the tables of its store alone"),
    ],
)
def test_a_query_only_reads_the_tables(folder: Path, question: str, told: str) -> None:
    (folder / "theirs.csv").write_text("a\n1\n")
    before = sorted(folder.rglob("*"))
    with pytest.raises(InvalidInput, match=told):
        store(folder).query(question.format(str(folder).replace("'", "''")))
    assert sorted(folder.rglob("*")) == before


def test_it_may_ask_about_tables_too(folder: Path) -> None:
    assert store(folder).query("show tables")["name"] == ["cells", "t"]
    assert "x" in store(folder).query("describe t")["column_name"]


def test_unknown_tables(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="expected a table out of cells, t, got 'cell'; try cells"):
        store(folder).table("cell")


def test_columns_of_one_name_can_all_be_read(folder: Path) -> None:
    found = store(folder).query('select 1 as x, 2 as x, 3 as "x_2"')
    assert found.columns == ("x", "x_2", "x_2_2") and next(iter(found)) == {"x": 1, "x_2": 2, "x_2_2": 3}


def test_results_are_opened_from_the_package(folder: Path) -> None:
    from spikewright import experiments

    assert experiments.store(folder).query("select count(*) as n from t")["n"] == [4]
    with pytest.raises(InvalidFile, match="folder of a study"):
        experiments.store(folder.parent)
