"""Questions to a store in SQL, answered by DuckDB over its Parquet tables.

results = store("runs/demo")
results.query("select network, accuracy, low, high from accuracy order by accuracy desc")    # a Table
results.frame("select * from cells")                                                        # a DataFrame of pandas
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from spikewright import InvalidInput, Table
from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import read_parts
from spikewright.optional import require
from spikewright.tables import nearest


@dataclass(frozen=True)
class Results:
    """The tables of a store: one row for each measurement, `cells` (one row each, with provenance, seconds and memory),
    `artefacts` (files of cells), `runs` and `environment`."""

    store: Store

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables."""
        found = self.store.tables.glob("*/part-0000.parquet")
        return tuple(sorted(path.parent.name for path in found))

    def table(self, name: str) -> Table:
        """A whole table. Raises InvalidInput for a name that is not there."""
        if name not in self.names:
            way = nearest(name, self.names)
            told = f"; try {way}" if way else ""
            raise InvalidInput(f"expected a table out of {', '.join(self.names) or 'none'}, got {name!r}{told}")
        return read_parts(self.store.tables / name)

    def query(self, question: str) -> Table:
        """The answer to a question in SQL, as a table. Raises InvalidInput for one that DuckDB does not understand."""
        answer = self._ask(question)
        return Table(_each_once(str(each[0]) for each in answer.description or ()), tuple(answer.fetchall()))

    def frame(self, question: str = "select * from cells") -> Any:
        """The answer as a pandas DataFrame. Raises MissingTool without pandas."""
        require("pandas")
        return self._ask(question).df()

    def _ask(self, question: str) -> Any:
        """The answer of DuckDB, which may read the tables of the store, and neither write nor read anything else."""
        import duckdb

        told = f"expected a question in SQL about {', '.join(self.names) or 'no tables'}, got"
        try:
            connection = self._connection()
            asked = connection.extract_statements(question)
            other = [each.type.name for each in asked if each.type != duckdb.StatementType.SELECT]
            if len(asked) != 1 or other:
                got = f"the statement {other[0]}" if other else f"{len(asked)} statements" if asked else "nothing"
                raise InvalidInput(f"{told} {got}; try one like select * from {(*self.names, 'cells')[0]}")
            return connection.execute(asked[0])
        except duckdb.PermissionException as error:
            raise InvalidInput(f"{told} one about other files; a query reads the tables of its store alone") from error
        except duckdb.Error as error:
            raise InvalidInput(f"{told}: {' '.join(str(error).split())[:300]}") from error

    def _connection(self) -> Any:
        import duckdb

        tables = str(self.store.tables.resolve()).replace("'", "''")
        connection = duckdb.connect(":memory:")
        connection.execute(f"set allowed_directories = ['{tables}']")
        connection.execute("set enable_external_access = false")
        for name in self.names:
            quoted, place = name.replace('"', '""'), tables + "/" + name.replace("'", "''")
            connection.execute(
                f"create view \"{quoted}\" as select * from read_parquet('{place}/*.parquet', union_by_name=true)"
            )
        connection.execute("set lock_configuration = true")
        return connection


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    """Names of columns; the second of one name gets a number, so that both can be read."""
    found: list[str] = []
    for name in names:
        again = found.count(name)
        found.append(next(each for n in count(again + 1) if (each := name if n == 1 else f"{name}_{n}") not in found))
    return tuple(found)


def store(folder: str | Path) -> Results:
    """The tables of the study in `folder`. Raises InvalidFile where there is none."""
    return Results(Store.open(folder))
