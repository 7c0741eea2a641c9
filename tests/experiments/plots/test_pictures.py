"""A figure of a study as files, with a caption that ends in its setting."""

from pathlib import Path

import pytest

from spikewright.experiments.plots.pictures import FigureFolder, picture, setting
from spikewright.experiments.plots.style import styled
from spikewright.experiments.records.provenance import Provenance
from spikewright.experiments.studies.study import StudyResult
from tests.experiments.studies.small_study import small


@pytest.mark.parametrize(
    ("seeds", "told"),
    [
        ((0,), "Data set digits, network small_cnn, seed 0."),
        ((0, 3), "Data set digits, network small_cnn, seeds 0, 3."),
    ],
)
def test_the_setting_says_data_network_and_seeds(seeds: tuple[int, ...], told: str, tmp_path: Path) -> None:
    assert setting(StudyResult(small(seeds=seeds), tmp_path, {}, (), Provenance.of({}, seeds), 0)) == told


def test_a_picture_is_drawn_and_saved(tmp_path: Path) -> None:
    with styled():
        made = picture("name", "Title", "Caption.", FigureFolder(tmp_path), lambda ax: ax.plot([0, 1], [0, 1]))
    assert (made.title, made.base) == ("Title", tmp_path / "name")
    assert {path.name for path in tmp_path.iterdir()} == {"name.png", "name.svg"}


def test_a_folder_says_the_formats(tmp_path: Path) -> None:
    with styled():
        for _ in range(2):  # the second is written over the first: it is one of ours
            picture("name", "Title", "Caption.", FigureFolder(tmp_path, ("pdf",)), lambda ax: ax.plot([0, 1], [0, 1]))
    assert {path.name for path in tmp_path.iterdir()} == {"name.pdf"}
    assert (tmp_path / "name.pdf").read_bytes().startswith(b"%PDF")
