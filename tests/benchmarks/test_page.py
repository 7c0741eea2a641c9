"""The page is made of the tables that are there."""

from pathlib import Path

import pytest

from benchmarks.page import table_of, write_page
from spikewright import InvalidFile


def test_a_page_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="got none"):
        write_page(tmp_path, tmp_path / "page.md")
    (tmp_path / "empty.csv").write_text("a,b\n")
    with pytest.raises(InvalidFile, match="rows"):
        table_of(tmp_path / "empty.csv")
