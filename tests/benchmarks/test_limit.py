"""The share of the machine that was reached."""

from benchmarks.limit import DOTS, TILED, Limit, dot_share, reaches_limit
from spikewright import Table
from spikewright.snn.kernels.dot_ways import TILES


def test_the_share_of_the_limit_is_judged_at_five_percent() -> None:
    rows = [
        {"numbers": kind, "density": d, "share": s}
        for kind in ("int16", "float32")
        for d, s in ((0.05, 0.5), (0.01, 0.1))
    ]
    assert reaches_limit(Table.of(rows))


def test_the_lowest_share_of_dot_products() -> None:
    rows = [{"numbers": DOTS, "density": d, "share": s} for d, s in ((0.01, 0.1), (0.05, 0.6), (0.2, 0.5))]
    assert dot_share(Table.of([*rows, {"numbers": "int16", "density": 0.05, "share": 0.2}])) == 0.5
    assert dot_share(Table.of([{"numbers": "int16", "density": 0.05, "share": 0.2}])) == 1.0
    assert dot_share(Table.of([*rows, {"numbers": TILED, "density": 0.1, "share": 0.3}]), TILED) == 0.3


def test_rows_of_all_kernels() -> None:
    rows = list(Limit((16,), (0.05,), 1, 4).rows(None))
    assert [row["numbers"] for row in rows] == ["int16", "float32", DOTS, *([TILED] if TILES else [])]
    assert all(row["additions"] > 0 and row["share"] > 0 for row in rows)
