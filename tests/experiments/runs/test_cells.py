"""A cell is called by what it means."""

import pytest

from spikewright.experiments.runs.cells import Cell


def test_the_key_is_what_it_does_and_all_that_it_builds_on() -> None:
    first = Cell("train", "ann", 0, {"a": 1})
    assert first.key == Cell("train", "ann", 0, {"a": 1}, place={"data": "/elsewhere"}).key
    others = [
        Cell("train", "ann", 1, {"a": 1}),
        Cell("train", "ann", 0, {"a": 2}),
        Cell("convert", "ann", 0, {"a": 1}),
        Cell("train", "ann", 0, {"a": 1}, {"model": first}),
        Cell("train", "ann", 0, {"a": 1}, {"other": first}),
        Cell("train", "ann", 0, {"a": 1}, version=2),
    ]
    assert len({first.key, *(cell.key for cell in others)}) == 7


@pytest.mark.parametrize(
    ("kind", "folder", "label"),
    [
        ("train", "train-ann-", "train ann (seed 3)"),
        ("mine.stages:Counted", "Counted-ann-", "Counted ann (seed 3)"),
    ],
)
def test_folder_and_label_are_for_people(kind: str, folder: str, label: str) -> None:
    cell = Cell(kind, "ann", 3, {})
    assert cell.folder.startswith(folder) and cell.folder.endswith(cell.key) and cell.label == label
