"""Arrays that nobody writes to."""

import numpy as np
import pytest

from spikewright.read_only import constant


def test_a_copy_is_made_where_somebody_could_write() -> None:
    mine = np.arange(3)
    kept = constant(mine)
    mine[0] = 9
    assert kept.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1
    assert constant(kept) is kept and constant(kept[:2]).base is kept
