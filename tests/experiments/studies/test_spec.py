"""Study files: the same in YAML, TOML and values, checked to the field."""

from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.studies.spec import read_study
from tests.experiments.studies.small_study import small


def test_yaml_toml_and_values_say_the_same(tmp_path: Path) -> None:
    yaml = tmp_path / "a.yaml"
    yaml.write_text(
        "name: a\nmodel: {zoo: lenet5-mnist}\nseeds: [1, 2]\nconversions: [{name: r, recipe: rate, steps: 7}]\n"
    )
    toml = tmp_path / "a.toml"
    toml.write_text(
        'name="a"\nseeds=[1, 2]\n[model]\nzoo="lenet5-mnist"\n[[conversions]]\nname="r"\nrecipe="rate"\nsteps=7\n'
    )
    assert read_study(yaml) == read_study(toml)


FAULTS = [
    ({"colour": 1}, "colour: expected a field out of"),
    ({"model": {"architecture": "small_cnn", "zoo": "x"}}, "model: expected one of"),
    ({"model": {"zoo": "small-digits", "weights": "a.pt"}}, "expected weights beside the factory"),
    ({"model": {"zoo": "small-digits"}, "budget": {"hours": 0}}, "budget.hours"),
    ({"model": {"zoo": "small-digits"}, "budget": {"hours": float("inf")}}, "budget.hours"),
    ({"model": {"zoo": "small-digits"}, "budget": {"cells": 0.5}}, "budget.cells"),
    ({"model": {"zoo": "small-digits"}, "budget": {"minutes": 3}}, "expected a field out of hours, cells"),
    ({"conversions": [{"name": "r", "recipe": "rate", "steps": 0}]}, "conversions[0]:"),
    ({"conversions": [{"name": "r", "recipe": "morse"}]}, "conversions[0]"),
    ({"conversions": [{"name": "R/../x", "recipe": "ttfs"}]}, "conversions[0].name"),
    ({"compressions": [{"sparsity": 1.0}]}, "compressions[0]: the stage 'compress': expected sparsity"),
    ({"compressions": [{"name": "rate"}]}, "own name"),
    ({"seeds": []}, "seeds"),
    ({"seeds": [-1]}, "seeds[0]"),
    ({"robustness": {"subjects": ["nobody"]}}, "nobody"),
    ({"robustness": {"attacks": [{"kind": "pgd", "epsilons": [0.1], "transfer_from": "nobody"}]}}, "nobody"),
    ({"robustness": {"noise": [{"kind": "gaussian", "strengths": [-0.1]}]}}, "robustness.noise[0].strengths[0]"),
    ({"hardware": {"networks": ["nobody"]}}, "nobody"),
]


@pytest.mark.parametrize(("change", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_a_fault_is_named_with_its_path(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        small(**change)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_a_study_on_disk_is_limited_and_named_after_its_file(tmp_path: Path) -> None:
    path = tmp_path / "night.yaml"
    path.write_text("model: {architecture: small_cnn}")
    assert read_study(path).name == "night"
    path.write_text("#" * (2**20 + 1))
    with pytest.raises(InvalidFile, match="at most"):
        read_study(path)


WRONG = [
    ("model: {zoo: x}\nconversions:\n  - name: r\n    recipe: rate\n    steps: 0\n", "5: conversions[0].steps: "),
    ("model: {zoo: x}\nconversions:\n  - name: r\n    recipe: rate\n    stps: 1\n", "5: conversions[0].stps: "),
    ("model:\n  zoo: x\n  wieghts: y\n", "3: model.wieghts: expected a field out of"),
    ("model: {zoo: x}\n\nseeds: [0,\n  -1]\n", "4: seeds[1]: "),
    ("model: {zoo: x}\nmodel: {zoo: y}\n", "2: expected model once, got it in line 1 too"),
    ("model: {zoo: x}\nconversions: [{name: r, recipe: rate, steps: [2, 0]}]", "2: conversions[1].steps: "),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_fault_of_a_file_has_its_line(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text)
    with pytest.raises(InvalidFile) as raised:
        read_study(path)
    assert str(raised.value).startswith(f"{path}:{words}") and "\n" not in str(raised.value)


def test_the_nearest_field_is_told() -> None:
    with pytest.raises(InvalidInput, match=r"model\.wieghts: expected a field out of .*; try weights"):
        small(model={"zoo": "x", "wieghts": "y"})
