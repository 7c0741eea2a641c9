"""Tables as files: parquet and CSV, CSV alone where pyarrow is missing, and what others made stays."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile, MissingTool, Table
from spikewright.experiments.report.tables import has_parquet, read_provenance, read_table, table_files, write_table

TABLE = Table.of([{"a": 1, "b": "x"}, {"a": None, "b": "y"}])


@pytest.fixture
def no_parquet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if pyarrow were not installed."""
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    has_parquet.cache_clear()
    yield
    has_parquet.cache_clear()


def test_both_files_are_written_and_read(tmp_path: Path) -> None:
    parquet, text = write_table(TABLE, tmp_path / "t", {"seed": 1})
    assert read_table(parquet) == TABLE and read_provenance(parquet) == {"seed": 1}
    assert read_table(text)["a"] == ["1", None]
    assert list(table_files(tmp_path / "t")) == [parquet, text]


def test_without_pyarrow_there_is_the_csv_file_and_a_warning(
    tmp_path: Path, no_parquet: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert write_table(TABLE, tmp_path / "t") == (tmp_path / "t.csv",)
        assert write_table(TABLE, tmp_path / "t") == (tmp_path / "t.csv",)
    assert read_table(tmp_path / "t.csv")["b"] == ["x", "y"] and not (tmp_path / "t.parquet").exists()
    (told,) = (one.getMessage() for one in caplog.records)
    assert (
        told.startswith("tables are CSV files alone: expected the package pyarrow") and "spikewright[parquet]" in told
    )
    with pytest.raises(MissingTool, match="pyarrow"):
        read_table(tmp_path / "t.parquet")


def test_without_pyarrow_a_csv_file_of_other_columns_stays(tmp_path: Path, no_parquet: None) -> None:
    (tmp_path / "t.csv").write_text("mine\n1\n")
    with pytest.raises(InvalidFile):
        write_table(TABLE, tmp_path / "t")
    assert (tmp_path / "t.csv").read_text() == "mine\n1\n"


@given(
    st.sampled_from([st.integers(-(2**60), 2**60), st.floats(allow_nan=False), st.booleans(), st.text(max_size=6)]),
    st.data(),
)
def test_a_table_comes_back_from_parquet(tmp_path_factory: pytest.TempPathFactory, kind: Any, data: Any) -> None:
    rows = data.draw(
        st.lists(st.fixed_dictionaries({"a": st.none() | kind, "b": st.integers(0, 9)}), min_size=1, max_size=6)
    )
    base = tmp_path_factory.mktemp("t") / "table"
    parquet, text = write_table(Table.of(rows), base, {"seed": 3})
    assert read_table(parquet) == Table.of(rows)
    assert set(read_table(text).columns) == {"a", "b"} and len(read_table(text)) == len(rows)
    assert read_provenance(parquet) == {"seed": 3}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100)])
def test_a_broken_table_is_an_invalid_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    with pytest.raises(InvalidFile):
        read_table(path)
