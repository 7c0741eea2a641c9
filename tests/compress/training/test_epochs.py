"""Trainings that were stopped in their midst go on: the same numbers, and no epoch that had ended is trained again."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from spikewright import FolderKind, InvalidFile, InvalidInput, claim_folder
from spikewright.compress import Prune, Quantize, TrainSettings, apply_methods, fit
from spikewright.compress.training.epochs import fits_kept, meaning
from tests.compress.training.test_loop import make, same

CHAIN = [
    Prune(0.5, rounds=2, final_epochs=2, training=TrainSettings(epochs=2, batch_size=32)),
    Quantize(4, activation_bits=3, training=TrainSettings(epochs=2, batch_size=32)),
]
UPDATES = 3
"""Of one epoch of `make`'s data."""


class Stopped(Exception):
    pass


def stopped_after(updates: int) -> Any:
    """A progress callback that stops the training behind so many updates."""
    seen = count(1)

    def tell(stage: str, done: int, total: int) -> None:
        if next(seen) == updates:
            raise Stopped

    return tell


@pytest.mark.parametrize("updates", [1, UPDATES + 1, 4 * UPDATES, 5 * UPDATES + 2])
def test_a_chain_goes_on_to_the_same_bytes(tmp_path: Path, updates: int) -> None:
    model, data = make()
    whole, told = apply_methods(model, CHAIN, data), []
    with pytest.raises(Stopped):
        apply_methods(model, CHAIN, data, progress=stopped_after(updates), checkpoint=tmp_path / "kept")
    again = apply_methods(model, CHAIN, data, progress=lambda *now: told.append(now), checkpoint=tmp_path / "kept")
    assert same(whole.model, again.model) and whole.steps == again.steps
    ended = (updates - 1) // UPDATES  # an epoch is kept when its last update is done
    assert len(told) == 6 * UPDATES - ended * UPDATES


def test_what_was_finished_is_not_trained_again(tmp_path: Path) -> None:
    def trained(progress: Any) -> nn.Module:
        model, data = make()
        with fits_kept(tmp_path):
            fit(model, data, TrainSettings(epochs=2, batch_size=32))
            apply_methods(model, CHAIN[:1], data, progress=progress)
        return model

    first = trained(lambda *now: None)
    again = trained(stopped_after(1))
    assert same(first, again)


def test_the_state_of_another_training_is_told(tmp_path: Path) -> None:
    model, data = make()
    for lr, told in ((0.1, None), (0.2, "got that of another model, data or settings; try another folder")):
        with fits_kept(tmp_path):
            if told is None:
                fit(model, data, TrainSettings(1, lr))
            else:
                with pytest.raises(InvalidInput, match=told):
                    fit(model, data, TrainSettings(1, lr))


def test_a_damaged_state_is_told_and_begins_anew_once_removed(tmp_path: Path) -> None:
    apply_methods(*_asked(), checkpoint=tmp_path)
    path = tmp_path / "fit-1.pt"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InvalidFile, match="try to remove it"):
        apply_methods(*_asked(), checkpoint=tmp_path)
    path.unlink()
    apply_methods(*_asked(), checkpoint=tmp_path)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    claim_folder(tmp_path / "other", FolderKind("something else"))
    with pytest.raises(InvalidFile), fits_kept(tmp_path / "other"):
        pass


def _asked() -> tuple[Any, ...]:
    model, data = make()
    return model, CHAIN[:1], data


def test_model_data_and_settings_are_told_apart() -> None:
    x = torch.zeros(2, 2)
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    other = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    found = {
        meaning(model, (x,), "a"),
        meaning(other, (x,), "a"),
        meaning(model, (x + 1,), "a"),
        meaning(model, (x,), "b"),
    }
    assert len(found) == 4 and meaning(model, (x,), "a") in found
