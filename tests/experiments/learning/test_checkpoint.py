"""A run of learning is resumed to the same bytes."""

from dataclasses import replace
from pathlib import Path

import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.data.load import Dataset, load_dataset
from spikewright.experiments.learning.stdp import StdpRun, run_stdp

QUICK = StdpRun(neurons=16, passes=1, interval=200)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_dataset("digits")


def test_resume_gives_the_bytes_of_an_uninterrupted_run(digits: Dataset, tmp_path: Path) -> None:
    whole = run_stdp(digits, QUICK, tmp_path / "whole")

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "learn" and done >= 600:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_stdp(digits, QUICK, tmp_path / "cut", progress=interrupt)
    assert (tmp_path / "cut" / "stdp.safetensors").is_file()
    again = run_stdp(digits, QUICK, tmp_path / "cut")
    assert again.learned.weights.tobytes() == whole.learned.weights.tobytes()
    assert (again.curve, again.numbers) == (whole.curve, whole.numbers)
    files = [(tmp_path / name / "stdp.safetensors").read_bytes() for name in ("whole", "cut")]
    assert files[0] == files[1]
    more = run_stdp(digits, replace(QUICK, passes=2), tmp_path / "cut")
    assert more.learned.presentations == 2 * len(digits.train_images)


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(digits: Dataset, tmp_path: Path) -> None:
    run_stdp(digits, QUICK, tmp_path)
    with pytest.raises(InvalidInput, match="another seed"):
        run_stdp(digits, replace(QUICK, seed=1), tmp_path)
    path = tmp_path / "stdp.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InvalidFile, match="expected a training"):
        run_stdp(digits, QUICK, tmp_path)
