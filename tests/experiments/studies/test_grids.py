"""Grids: a part for each value of a setting that takes one; what takes a list stays as it is."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.studies.grids import expanded
from spikewright.experiments.studies.located import FileLine, in_one_line
from spikewright.experiments.studies.spec import Study, read_study

START = "model: {zoo: small-digits}\n"


def study(folder: Path, text: str) -> Study:
    path = folder / "s.yaml"
    path.write_text(START + text)
    return read_study(path)


def test_every_value_becomes_a_part_of_its_own(tmp_path: Path) -> None:
    made = study(tmp_path, "conversions: [{name: rate, recipe: rate, steps: [4, 8, 16]}, {name: t, recipe: ttfs}]")
    assert [(part.name, part.options.get("steps")) for part in made.conversions] == [
        ("rate-steps4", 4), ("rate-steps8", 8), ("rate-steps16", 16), ("t", None),
    ]  # fmt: skip


def test_several_grids_are_all_combinations_and_names_mean_all_of_them(tmp_path: Path) -> None:
    made = study(
        tmp_path,
        "compressions: [{name: c, sparsity: [0.5, 0.8]}]\n"
        "conversions: [{name: r, source: c, recipe: rate, fixed: {weight_bits: [4, 8]}}]\n"
        "robustness: {subjects: [ann, r], attacks: [{kind: pgd, epsilons: [0.1, 0.2], steps: [5, 10]}]}\n"
        "hardware: {networks: [r]}\n",
    )
    assert [part.name for part in made.compressions] == ["c-sparsity0_5", "c-sparsity0_8"]
    names = [f"r-c-sparsity0_{digit}-weight_bits{bits}" for digit in (5, 8) for bits in (4, 8)]
    assert [part.name for part in made.conversions] == names
    assert [part.source for part in made.conversions] == ["c-sparsity0_5"] * 2 + ["c-sparsity0_8"] * 2
    assert [part.fixed.weight_bits for part in made.conversions if part.fixed] == [4, 8, 4, 8]
    assert made.robustness is not None and made.robustness.subjects == ("ann", *names)
    assert [(part.epsilons, part.options["steps"]) for part in made.robustness.attacks] == [
        ((0.1, 0.2), 5),
        ((0.1, 0.2), 10),
    ]
    assert made.hardware is not None and made.hardware.networks == tuple(names)


def test_a_study_without_grids_is_as_it_was() -> None:
    plain = in_one_line(
        {"conversions": [{"name": "r", "recipe": "rate", "steps": 4}], "seeds": [0, 1]}, FileLine(Path("s"))
    )
    assert expanded(plain) == plain
    odd = in_one_line({"conversions": {"name": 3}, "compressions": [3], "robustness": []}, FileLine(Path("s")))
    assert expanded(odd) == odd


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    many = list(range(1, 1002))
    with pytest.raises(InvalidFile, match=r"s\.yaml:2: expected at most 1,000 parts of a grid, got 1,001"):
        study(tmp_path, f"conversions: [{{name: r, recipe: rate, steps: {many}}}]")
