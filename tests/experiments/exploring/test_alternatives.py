"""Alternatives in their places: the study has the first of each, the section the others, and each is checked with its line."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.exploring.space import Space
from spikewright.experiments.studies.spec import Study, read_study
from tests.experiments.exploring.spaces import search_part

FILE = """model: {zoo: small-digits}
compressions:
  - {name: small, sparsity: [0.5, 0.8], options: {bits: [2, 4]}}
conversions:
  - name: rate
    recipe: rate
    steps: {from: 2, to: 8, factor: 2}
    fixed: {weight_bits: [4, 8]}
search: {objectives: {accuracy: max}}
"""


def study(folder: Path, text: str) -> Study:
    path = folder / "s.yaml"
    path.write_text(text)
    return read_study(path)


def test_lists_and_ranges_are_the_space(tmp_path: Path) -> None:
    made = study(tmp_path, FILE)
    assert {each.place: each.values for each in search_part(made).space} == {
        "small.sparsity": (0.5, 0.8), "small.options.bits": (2, 4), "rate.steps": (2, 4, 8), "rate.fixed.weight_bits": (4, 8),
    }  # fmt: skip
    assert made.compressions[0].options == {"sparsity": 0.5, "bits": 2} and made.conversions[0].options == {"steps": 2}
    assert Space(made).size == 24 and len(Space(made).study_at(next(Space(made).points())).conversions) == 1


def test_the_same_file_without_the_section_is_the_grid(tmp_path: Path) -> None:
    made = study(tmp_path, FILE.rpartition("search")[0])
    assert len(made.compressions) == 4 and len(made.conversions) == 6


def test_a_study_that_was_stored_is_read_again(tmp_path: Path) -> None:
    made = study(tmp_path, FILE)
    path = tmp_path / "study.json"
    path.write_text(made.model_dump_json())
    assert read_study(path) == made


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("[0.5, 0.8]", "[0.5, 1.8]", r"s\.yaml:3: .*1\.8"),
        ("[0.5, 0.8]", "[]", r"s\.yaml:3: expected at least one value of sparsity, got none"),
        ("[4, 8]", "[4, 99]", r"s\.yaml:8: conversions\[0\]\.fixed\.weight_bits: .*99"),
        ("factor: 2", "factor: 1", r"s\.yaml:7: .* got 1; try factor: 2"),
        ("accuracy: max}", "accuracy: max}, space: []", "yaml:9: expected alternatives in their places or in space, got both"),
        ("accuracy: max", "accuracy: maxi", r"s\.yaml:9: search\.objectives\.accuracy\.best"),
        ("{objectives: {accuracy: max}}", "3", r"s\.yaml:9: search: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InvalidFile, match=said):
        study(tmp_path, FILE.replace(old, new))
