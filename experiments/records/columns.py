"""Columns of a table as Parquet takes them."""

from typing import Any

import pyarrow as pa


def column(values: list[Any]) -> Any:
    """An array of the type of its values: whole and real numbers become real, other mixtures text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if len(kinds) > 1:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    return pa.array(values)
