"""A table is rows under shared columns, and stays what it is."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile, InvalidInput
from spikewright.table import Table, csv_kind

VALUES = st.none() | st.integers() | st.text(max_size=3)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1), max_size=5))
def test_rows_come_back_with_what_is_missing_as_none(rows: list[dict[str, Any]]) -> None:
    table = Table.of(rows)
    assert set(table.columns) == {name for row in rows for name in row} and len(table) == len(rows)
    for row, found in zip(rows, table, strict=True):
        assert found == {name: row.get(name) for name in table.columns}
    for name in table.columns:
        assert table[name] == [row.get(name) for row in rows]


def test_rows_are_chosen_by_their_values() -> None:
    table = Table.of([{"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 2, "b": 2}])
    assert table.where(a=1, b=3) == Table(("a", "b"), ((1, 3),)) and len(table.where(c=1)) == 0
    with pytest.raises(InvalidInput, match="expected one of the columns a, b, got 'c'"):
        table["c"]


def test_it_is_shown_in_columns_with_few_digits() -> None:
    shown = str(Table.of([{"name": "x", "value": 1234.56789}, {"name": None, "value": 3}]))
    assert shown.splitlines() == ["name  value", "x     1235", "-     3"]


def test_csv_is_replaced_by_the_same_columns_only(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    Table.of([{"a,b": 1, 'c"': "x\ny"}]).to_csv(path)
    Table.of([{"a,b": 2, 'c"': "z"}]).to_csv(path)
    assert csv_kind(("a,b", 'c"')).made(path) and not csv_kind(("a", "b"), None).made(path)
    with pytest.raises(InvalidFile):
        Table.of([{"other": 1}]).to_csv(path)
    Table.of([{"other": 1}]).to_csv(path, like=("a,b", 'c"'))
    assert path.read_text().split() == ["other", "1"]


def test_it_is_shown_in_a_line_and_as_a_table() -> None:
    table = Table.of([{name: 1 for name in "abcdefgh"}])
    assert repr(table) == "Table(rows: 1; columns: a, b, c, d, e, f, ...)" and "<th>h</th>" in table._repr_html_()
    assert repr(Table.of([])) == "Table(rows: 0)" and Table.of([])._repr_html_()
