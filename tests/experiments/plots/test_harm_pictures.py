"""Figures under noise and attacks: one file each, and a caption that says over what its bands are."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from spikewright.experiments.plots.harm_pictures import attack_pictures, noise_pictures
from spikewright.experiments.plots.pictures import FigureFolder
from spikewright.experiments.plots.style import styled
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.study import run_study
from tests.experiments.studies.made_results import result_of
from tests.experiments.studies.small_study import small


def test_a_study_without_harm_has_no_such_figures(tmp_path: Path) -> None:
    result = result_of(tmp_path / "study", accuracy=[{"network": "ann", "kind": "ANN", "accuracy": 1.0}])
    assert attack_pictures(result, FigureFolder(tmp_path)) == noise_pictures(result, FigureFolder(tmp_path)) == []


def test_captions_say_steps_and_over_what(tmp_path: Path) -> None:
    harm: dict[str, Any] = {
        "images": 5,
        "subjects": ["rate"],
        "noise": [{"kind": "stuck-at-0", "strengths": [0.1], "repeats": 2}],
        "attacks": [{"kind": "pgd", "steps": 1, "epsilons": [0.1]}],
    }
    result = run_study(small(robustness=harm), tmp_path / "study")
    with styled():
        folder = FigureFolder(tmp_path)
        (attack,), (noise,) = attack_pictures(result, folder), noise_pictures(result, folder)
    assert "first 5 test images" in attack.caption and "PGD: 1 steps, 1 start." in attack.caption
    assert "means over 2 chips, bands over images and chips" in noise.caption


def test_rows_of_a_stage_of_ones_own_are_drawn_without_the_settings_of_a_study(tmp_path: Path) -> None:
    told = {
        "model": "ann",
        "low": 0.4,
        "high": 0.9,
        "over": "images",
        "samples": 5,
        "chips": None,
        "note": None,
        "seed": 0,
    }
    rows = [{**told, "perturbation": "PGD", "kind": "attack", "strength": e, "accuracy": 1 - e} for e in (0.0, 0.1)]
    result = result_of(
        tmp_path / "study", accuracy=[{"network": "ann", "kind": "ANN", "accuracy": 1.0}], robustness=rows
    )
    result = replace(result, cells=expand(result.study))
    with styled():
        (attack,) = attack_pictures(result, FigureFolder(tmp_path))
    assert "Worst case" in attack.caption and "PGD:" not in attack.caption
