"""Finished parts are worked out once; what is damaged is worked out anew."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikewright.experiments.runs.kept import KeptParts


class Counted:
    """A part that says how often it was made."""

    def __init__(self, value: NDArray[Any]) -> None:
        self.value, self.made = value, 0

    def __call__(self) -> NDArray[Any]:
        self.made += 1
        return self.value


@pytest.mark.parametrize("array", [np.zeros((2, 0)), np.array([True, False]), np.arange(6.0).reshape(2, 3)])
def test_a_part_is_made_once(tmp_path: Path, array: NDArray[Any]) -> None:
    part = Counted(array)
    for _ in range(3):
        found = KeptParts(tmp_path / "below" / "kept")("a/b: c", part)
        assert found.dtype == array.dtype and np.array_equal(found, array)
    assert part.made == 1


def test_each_name_has_its_own(tmp_path: Path) -> None:
    kept = KeptParts(tmp_path)
    for name in ("a", "A", "", "a " * 500):
        kept(name, Counted(np.array(len(name))))
    assert kept("a " * 500, Counted(np.array(-1))) == 1000 and kept("", Counted(np.array(-1))) == 0


@pytest.mark.parametrize("cut", [0, 1, 40, -1])
def test_a_damaged_part_is_made_anew(tmp_path: Path, cut: int) -> None:
    kept, part = KeptParts(tmp_path), Counted(np.arange(5))
    kept("a", part)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:cut])
    assert np.array_equal(kept("a", part), np.arange(5)) and part.made == 2
    assert np.array_equal(kept("a", part), np.arange(5)) and part.made == 2


def test_what_fails_is_not_kept(tmp_path: Path) -> None:
    def fail() -> NDArray[Any]:
        raise KeyError

    with pytest.raises(KeyError):
        KeptParts(tmp_path)("a", fail)
    assert not [*tmp_path.iterdir()]
