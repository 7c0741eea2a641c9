"""A checkpoint reads back as it was; of another adaptation, or damaged, it is told."""

from pathlib import Path

import pytest
import torch
from torch import nn

from spikewright import InvalidFile
from spikewright.compress import Epoch, FitState
from spikewright.compress.adapting.resuming import CourseState, read_progress, save_progress, state_of
from spikewright.errors import UnusableCheckpoint

MODEL = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
ZEROS, ONES = torch.zeros(3, dtype=torch.uint8), torch.ones(2, dtype=torch.uint8)
FITTED = FitState((Epoch(0, 0.5, 0.25),), state_of(MODEL), {"state": {}, "param_groups": []}, ZEROS, ONES)


@pytest.mark.parametrize("fitted", [None, FITTED])
def test_what_was_kept_reads_back(tmp_path: Path, fitted: FitState | None) -> None:
    kept = CourseState(2, state_of(MODEL), fitted, ((0.5, 0.75), (0.25, 0.25)))
    for _ in range(2):  # over itself, too
        save_progress(tmp_path / "kept", "this", kept)
    found = read_progress(tmp_path / "kept", "this")
    assert found is not None and (found.step, found.rates) == (kept.step, kept.rates)
    assert all(torch.equal(found.start[name], value) for name, value in kept.start.items())
    assert (found.fitted is None) == (fitted is None)
    if found.fitted is not None and fitted is not None:
        assert found.fitted.history == fitted.history and torch.equal(found.fitted.noise, fitted.noise)


def test_nothing_is_nothing(tmp_path: Path) -> None:
    assert read_progress(tmp_path / "missing", "this") is None and read_progress(tmp_path, "this") is None


def test_that_of_another_adaptation_is_told(tmp_path: Path) -> None:
    save_progress(tmp_path / "kept", "this", CourseState())
    with pytest.raises(UnusableCheckpoint, match="got one of others"):
        read_progress(tmp_path / "kept", "that")


@pytest.mark.parametrize("content", [b"", b"PK", b"not a checkpoint"])
def test_a_damaged_one_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.pt").write_bytes(content)
    with pytest.raises(UnusableCheckpoint, match="expected a checkpoint of an adaptation"):
        read_progress(tmp_path, "this")
    with pytest.raises(InvalidFile, match="got another folder"):
        save_progress(tmp_path, "this", CourseState())
