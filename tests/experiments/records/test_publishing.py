"""CSV files have the columns of all parts."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spikewright.experiments.records.publishing import write_csv
from tests.experiments.records.made_records import store_in


def test_columns_of_all_parts(tmp_path: Path) -> None:
    store = store_in(tmp_path / "store")
    parts = tmp_path / "parts"
    parts.mkdir()
    pq.write_table(pa.table({"a": [1], "b": ["x,y"]}), parts / "part-0000.parquet")
    pq.write_table(pa.table({"a": [2], "c": [None]}), parts / "part-0001.parquet")
    write_csv(parts, store.folder / "t.csv")
    assert (store.folder / "t.csv").read_text() == 'a,b,c\n1,"x,y",\n2,,\n'
    write_csv(parts, store.folder / "t.csv")
