"""What the networks saw: one image for all that were given the same, with the answer of each."""

from pathlib import Path

import numpy as np

from spikewright.experiments.report.strips import MOST, strips_of
from spikewright.experiments.stages.examples import EXAMPLES_FILE, Examples
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.study import StudyResult
from tests.experiments.studies.made_results import result_of
from tests.experiments.studies.small_study import small

NOISE = [{"kind": "gaussian", "strengths": [0.1]}]


def kept(perturbation: str = "GaussianNoise", change: float = 0.25, after: tuple[int, ...] = (1, 2)) -> Examples:
    inputs = np.full((2, 1, 4, 4), 0.5, np.float32)
    labels = np.array([1, 2])
    return Examples(perturbation, 0.1, inputs, inputs + np.float32(change), labels, labels, np.array(after))


def study_of(folder: Path, *found: Examples, **robustness: object) -> StudyResult:
    """A study under noise whose cells keep these examples, in their order."""
    study = small(robustness=robustness)
    made = result_of(folder)
    cells = tuple(expand(study))
    for cell, one in zip((cell for cell in cells if cell.stage in ("noise", "attack")), found, strict=False):
        (made.store.cells / cell.folder).mkdir(parents=True)
        one.save(made.store.cells / cell.folder / EXAMPLES_FILE)
    return StudyResult(study, made.store, cells, made.provenance, made.state, made.tables)


def test_networks_that_were_given_the_same_images_share_them(tmp_path: Path) -> None:
    (strip,) = strips_of(study_of(tmp_path, kept(), kept(after=(1, 9)), noise=NOISE))
    (harmed,) = strip.harmed
    assert strip.title == "Gaussian noise" and strip.labels == (1, 2) and strip.magnified == 2
    assert [(each.name, each.classes, each.right) for each in harmed.answers] == [
        ("ANN", (1, 2), (True, True)),
        ("rate", (1, 9), (True, False)),
    ]


def test_other_images_stand_apart(tmp_path: Path) -> None:
    (strip,) = strips_of(study_of(tmp_path, kept(), kept(change=-0.5), noise=NOISE))
    assert [each.names for each in strip.harmed] == ["ANN", "rate"] and strip.magnified == 1
    assert len({*strip.inputs, *strip.harmed[0].changed, *strip.harmed[1].changed}) == 3


def test_no_change_is_magnified_by_no_more_than_it_can_be(tmp_path: Path) -> None:
    (strip,) = strips_of(study_of(tmp_path, kept(change=0.0), noise=NOISE))
    assert np.isfinite(strip.magnified)


def test_without_examples_there_is_none_and_there_is_an_end(tmp_path: Path) -> None:
    assert strips_of(study_of(tmp_path / "a", noise=NOISE)) == ()
    several = [kept(f"Noise{n}") for n in range(MOST + 2)]
    noise = [{"kind": "gaussian", "strengths": [0.1 * n], "subjects": ["ann"]} for n in range(1, MOST + 3)]
    assert len(strips_of(study_of(tmp_path / "b", *several, noise=noise))) == MOST


def test_the_strongest_attack_on_the_networks_comes_first_and_transfers_last(tmp_path: Path) -> None:
    attacks = [
        {"kind": "fgsm", "epsilons": [0.1], "subjects": ["rate"]},
        {"kind": "pgd", "epsilons": [0.1], "subjects": ["rate"]},
        {"kind": "pgd", "epsilons": [0.1], "subjects": ["rate"], "transfer_from": "ann"},
    ]
    found = [kept(), kept(), kept("FGSM"), kept("PGD", after=(0, 0)), kept("PGD from ann", after=(0, 0))]
    made = strips_of(study_of(tmp_path, *found, noise=NOISE, attacks=attacks))
    assert [each.title for each in made] == ["PGD", "Gaussian noise", "FGSM", "PGD, made on ANN"]
