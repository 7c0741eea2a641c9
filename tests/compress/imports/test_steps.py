"""A value knows where its axes lie in the file, and a step what it reads."""

import torch

from spikewright.compress.imports.steps import ImportedStep, ImportedValue

PLAIN = ImportedValue("a", (3, 4, 5))
LAST = ImportedValue("b", (3, 4, 5), axes=(0, 2, 3, 1))


def test_a_value_with_channels_last_in_the_file() -> None:
    assert PLAIN.file_shape == (None, 3, 4, 5) and LAST.file_shape == (None, 4, 5, 3)
    assert [LAST.here(axis) for axis in (0, 1, 2, 3, -1)] == [0, 2, 3, 1, 1]
    assert [PLAIN.here(axis) for axis in (1, -1)] == [1, 3]
    assert PLAIN.channels_first and not LAST.channels_first
    assert not ImportedValue("c", (2,), order=torch.tensor([1, 0])).channels_first


def test_a_step_reads_values_in_lists_too() -> None:
    assert ImportedStep("c", torch.cat, ([PLAIN, LAST], 1.0)).sources == ["a", "b"]
