"""The table of stages: every member can be read, and each asks only for what earlier ones made."""

import pytest

from spikewright.experiments.stages.base import Stage
from spikewright.experiments.stages.table import STAGES
from spikewright.experiments.studies.expansion import expand
from tests.experiments.studies.small_study import small


@pytest.mark.parametrize("name", STAGES)
def test_each_stage_says_what_it_does_and_what_its_settings_are(name: str) -> None:
    assert issubclass(STAGES.find(name), Stage) and STAGES.summary(name)
    assert all(option.sentence for option in STAGES.options(name))


def test_tasks_need_only_what_was_asked_for_before() -> None:
    seen: set[str] = set()
    study = small(
        compressions=[{"name": "little"}],
        conversions=[
            {"name": "rate", "recipe": "rate", "fixed": {}},
            {"name": "times", "recipe": "ttfs", "source": "ann"},
        ],
        robustness={"noise": [{"kind": "gaussian", "strengths": [1]}], "attacks": [{"kind": "fgsm", "epsilons": [1]}]},
        hardware={"networks": ["rate"]},
        seeds=(0, 1),
    )
    cells = expand(study)
    for cell in cells:
        assert all(need.key in seen for need in cell.needs.values())
        seen.add(cell.key)
    assert [cell.stage for cell in cells if cell.seed == 0] == [
        "train", "compress", "convert", "convert", "simulate", "simulate", *["noise"] * 3, *["attack"] * 3, "hardware",
    ]  # fmt: skip
