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


def test_a_read_only_view_into_what_can_be_written_to_is_copied() -> None:
    array = np.arange(4)
    view = array[:2]
    view.flags.writeable = False
    held = constant(view)
    array[0] = 9
    assert held.tolist() == [0, 1]
