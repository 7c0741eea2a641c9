"""A start is judged by its fastest cached run and by the cold one."""

import pytest

from benchmarks.startup import fast_enough
from spikewright import Table


@pytest.mark.parametrize(
    ("cold", "cached", "fine"), [(50.0, (2.0, 0.5), True), (70.0, (0.5,), False), (9.0, (1.5,), False)]
)
def test_judgement(cold: float, cached: tuple[float, ...], fine: bool) -> None:
    rows = [{"state": "nothing cached", "over_run_s": cold}]
    rows += [{"state": "kernels cached", "over_run_s": value} for value in cached]
    assert fast_enough(Table.of(rows)) is fine
