"""The share of the machine that was reached."""

from benchmarks.limit import reaches_limit
from spikewright import Table


def test_the_share_of_the_limit_is_judged_at_five_percent() -> None:
    rows = [
        {"numbers": kind, "density": d, "share": s}
        for kind in ("int16", "float32")
        for d, s in ((0.05, 0.5), (0.01, 0.1))
    ]
    assert reaches_limit(Table.of(rows))
