"""Files that include others: merged, bounded, no circles, and errors with the line of the file where they are."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.studies.including import read_values
from spikewright.experiments.studies.spec import read_study


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / "main.yaml"


def test_a_file_stands_over_what_it_includes(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main="include: [one.yaml, two.toml]\nmodel: {training: {epochs: 3}}\nseeds: [5]\n",
        one="seeds: [1, 2]\nmodel: {architecture: lenet5, training: {epochs: 1, lr: 0.1}}\n",
    )
    (tmp_path / "two.toml").write_text('[model]\narchitecture = "small_cnn"\n')
    values = read_values(main)
    assert values == {
        "seeds": [5],
        "model": {"architecture": "small_cnn", "training": {"epochs": 3, "lr": 0.1}},
    }
    assert str(values.lines["seeds"]) == f"{main}:3"
    assert read_study(main).seeds == (5,)


def test_an_error_is_in_the_file_that_has_it(tmp_path: Path) -> None:
    main = write(tmp_path, main="include: one.yaml\n", one="model: {zoo: x}\nseeds: [-1]\n")
    with pytest.raises(InvalidFile, match=r"one\.yaml:2: seeds\[0\]"):
        read_study(main)


WRONG = {
    "include: main.yaml": "main.yaml:1: expected files that do not include each other in a circle",
    "a: 1\ninclude: [3]": "main.yaml:2: include: expected a file",
    "include: nowhere.yaml": "nowhere.yaml",
    "include: /dev/zero": "a device",
    "include: .": "a folder",
    "include: 3": "include: expected a file",
    "include: one.yaml": "circle",
    "include: [" + "two.yaml, " * 40 + "]": "32 files",
    "": "expected fields such as name and model, got nothing",
    "[]": "got a list",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:30])
def test_bad_includes_are_one_sentence(text: str, tmp_path: Path) -> None:
    main = write(tmp_path, main=text, one="include: main.yaml", two="seeds: [1]")
    with pytest.raises(InvalidFile) as raised:
        read_values(main)
    assert WRONG[text] in str(raised.value) and "\n" not in str(raised.value)
