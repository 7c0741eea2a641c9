"""A task is called by what it means."""

import pytest

from spikewright.experiments.runs.tasks import Task


def test_the_key_is_what_it_does_and_all_that_it_builds_on() -> None:
    first = Task("train", "ann", 0, {"a": 1})
    assert first.key == Task("train", "ann", 0, {"a": 1}, place={"data": "/elsewhere"}).key
    others = [
        Task("train", "ann", 1, {"a": 1}),
        Task("train", "ann", 0, {"a": 2}),
        Task("convert", "ann", 0, {"a": 1}),
        Task("train", "ann", 0, {"a": 1}, {"model": first}),
        Task("train", "ann", 0, {"a": 1}, {"other": first}),
    ]
    assert len({first.key, *(task.key for task in others)}) == 6


@pytest.mark.parametrize(
    ("kind", "folder", "label"),
    [
        ("train", "train-ann-", "train ann (seed 3)"),
        ("mine.stages:Counted", "Counted-ann-", "mine.stages:Counted ann (seed 3)"),
    ],
)
def test_folder_and_label_are_for_people(kind: str, folder: str, label: str) -> None:
    task = Task(kind, "ann", 3, {})
    assert task.folder.startswith(folder) and task.folder.endswith(task.key) and task.label == label
