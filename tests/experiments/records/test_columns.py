"""Columns take the type of their values."""

import pytest

from spikewright.experiments.records.columns import column


@pytest.mark.parametrize(
    ("values", "kind", "back"),
    [
        ([1, 2], "int64", [1, 2]),
        ([1, 0.5, None], "double", [1.0, 0.5, None]),
        ([1, "a"], "string", ["1", "a"]),
        ([True, None], "bool", [True, None]),
        ([None], "null", [None]),
    ],
)
def test_types(values: list[object], kind: str, back: list[object]) -> None:
    made = column(values)
    assert str(made.type) == kind and made.to_pylist() == back
