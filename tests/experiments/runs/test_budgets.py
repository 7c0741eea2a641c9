"""A budget is spent when its time or its cells are, whichever is first; none is never."""

import math

from hypothesis import given
from hypothesis import strategies as st

from spikewright.experiments.runs.budgets import UNBOUNDED, Budget

SECONDS, CELLS = st.floats(0, 1e9), st.integers(0, 10**9)


@given(SECONDS, CELLS, SECONDS, CELLS)
def test_whichever_is_first(most_seconds: float, most_cells: int, seconds: float, cells: int) -> None:
    by_time, by_cells = Budget(seconds=most_seconds), Budget(cells=most_cells)
    both = Budget(most_seconds, most_cells)
    assert both.is_spent(seconds, cells) == (by_time.is_spent(seconds, cells) or by_cells.is_spent(seconds, cells))
    assert by_time.is_spent(most_seconds, cells) and by_cells.is_spent(seconds, most_cells)
    assert not by_cells.is_spent(math.inf, most_cells - 1) and not UNBOUNDED.is_spent(seconds, cells)
