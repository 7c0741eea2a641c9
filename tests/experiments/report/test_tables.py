"""Tables as files: parquet and CSV, CSV alone where pyarrow is missing, and what others made stays."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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
