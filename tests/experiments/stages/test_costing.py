"""The stage that asks for costs: rows of both cores for each subject, and verdicts in the report."""

from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.experiments.report.findings import verdict
from spikewright.experiments.stages.costing import CostsStage
from spikewright.experiments.studies.study import run_study
from tests.experiments.studies.small_study import small

PART = {"stage": "costs", "images": 10, "timed": 1, "samples": 20, "lanes": 8, "recipe_settings": {"steps": 3}}


def test_each_subject_has_a_row_for_each_core_and_a_verdict(tmp_path: Path) -> None:
    chain = [{"method": "prune", "sparsity": 0.5, "rounds": 1, "final_epochs": 0, "training": {"epochs": 0}}]
    study = small(
        model={"zoo": "small-digits"},
        compressions=[{"name": "pruned", "methods": chain, "images": 20}],
        conversions=[],
        robustness=None,
        hardware=None,
        stages=[{**PART, "subjects": ["ann", "pruned"]}],
    )
    made = run_study(study, tmp_path / "out")
    rows = list(made.tables["costs"])
    assert {(row["technique"], row["core"]) for row in rows} == {
        (name, core) for name in ("ann", "pruned") for core in ("spike core", "CNN core")
    }
    told = {finding.topic: finding.text for finding in verdict(made.tables)}
    assert "KiB of weight memory" in told["On an FPGA: ann"]
    assert "spike core" in told["On an FPGA: pruned"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"lanes": 0}, "lanes to be a whole number of at least 1"),
        ({"match": "price"}, "lanes"),
        ({"device": "xc7a100"}, "try xc7a100t"),
        ({"recipe": "rat"}, "try rate"),
        ({"recipe_settings": {"stepps": 3}}, "steps"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        CostsStage(**settings).check()
    assert told in str(error.value)
