"""Cells that do nothing are many, differ, and all read one network."""

from benchmarks.runs.empty import STAGE, empty_cells, study_of
from spikewright.experiments.studies.expansion import expand


def test_each_cell_is_another() -> None:
    assert len({cell.key for cell in empty_cells(50)}) == 50


def test_a_study_of_so_many_cells() -> None:
    first, *others = expand(study_of(STAGE, 20))
    assert first.stage == "train" and len({cell.key for cell in others}) == 19
    assert all(cell.needs == {"subject": first} for cell in others)
