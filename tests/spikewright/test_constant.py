"""An array in a frozen record cannot be changed behind its back."""

import numpy as np

from spikewright.constant import constant


def test_what_can_be_written_to_is_copied_and_what_cannot_is_kept() -> None:
    array = np.arange(4)
    held = constant(array)
    array[0] = 9
    assert held.tolist() == [0, 1, 2, 3] and not held.flags.writeable
    assert constant(held) is held


def test_a_read_only_view_into_what_can_be_written_to_is_copied() -> None:
    array = np.arange(4)
    view = array[:2]
    view.flags.writeable = False
    held = constant(view)
    array[0] = 9
    assert held.tolist() == [0, 1] and constant(held[:1]) is not array
