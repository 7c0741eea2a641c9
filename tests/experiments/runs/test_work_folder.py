"""The folder of a cell at work: gone when it is finished, its checkpoint kept when it is not, one process at a time."""

import json
from pathlib import Path

import pytest

from spikewright.experiments.runs.work_folder import CellBusy, work_in


def test_a_finished_cell_leaves_nothing(tmp_path: Path) -> None:
    with work_in(tmp_path, "cell") as place:
        place.checkpoint.mkdir()
        place.tell("train", 1, 5)
        assert json.loads((place.folder / "progress.json").read_text()) == {"stage": "train", "done": 1, "total": 5}
        place.tell("train", 2, 5)  # within the same second
        assert json.loads((place.folder / "progress.json").read_text())["done"] == 1
        place.tell("train", 5, 5)
        assert json.loads((place.folder / "progress.json").read_text())["done"] == 5
    assert not (tmp_path / "cell").exists()


@pytest.mark.parametrize("kept", [True, False])
def test_a_fault_leaves_the_checkpoint_and_nothing_else(tmp_path: Path, kept: bool) -> None:
    with pytest.raises(KeyError), work_in(tmp_path, "cell") as place:
        (place.made / "half").write_text("")
        if kept:
            place.checkpoint.mkdir()
        raise KeyError
    assert (tmp_path / "cell").exists() is kept and not list(tmp_path.rglob("half"))


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        work_in(tmp_path, "cell"),
        pytest.raises(CellBusy, match="got another process at work"),
        work_in(tmp_path, "cell"),
    ):
        pass


def test_what_a_dead_process_left_goes_and_its_checkpoint_stays(tmp_path: Path) -> None:
    (tmp_path / "cell" / "made-of-old").mkdir(parents=True)
    (tmp_path / "cell" / "checkpoint").mkdir()
    with work_in(tmp_path, "cell") as place:
        assert {path.name for path in place.folder.iterdir()} == {"lock", "checkpoint", place.made.name}
