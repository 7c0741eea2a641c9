"""Parts of a study are checked to their last field by the record that they are for, and older ones are understood."""

from typing import Any

import pytest
from pydantic import ValidationError

from spikewright.experiments.studies.parts import (
    AttackPart,
    CompressionPart,
    ConversionPart,
    ModelPart,
    NoisePart,
    StagePart,
)
from spikewright.robustness import FGSM, PGD


def test_pgd_takes_twenty_steps_unless_told() -> None:
    assert AttackPart.model_validate({"kind": "pgd", "epsilons": [0.1]}).record() == PGD(20)
    assert AttackPart.model_validate({"kind": "pgd", "epsilons": [0.1], "steps": 3}).record() == PGD(3)


def test_studies_of_the_version_before_say_steps_for_fgsm_too() -> None:
    old = {
        "kind": "fgsm",
        "epsilons": [0.1],
        "norm": "l2",
        "steps": 20,
        "restarts": 1,
        "subjects": None,
        "transfer_from": None,
    }
    assert AttackPart.model_validate(old).record() == FGSM("l2")


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        (ConversionPart, {"name": "r", "recipe": "rate", "stepz": 4}, "got stepz; try steps"),
        (ConversionPart, {"name": "r", "recipe": "rat"}, "try rate"),
        (ConversionPart, {"name": "r"}, "Field required"),
        (ConversionPart, {"name": "r", "recipe": "rate", "options": 3}, "valid dictionary"),
        (NoisePart, {"kind": "gauss", "strengths": [1]}, "try gaussian"),
        (NoisePart, {"kind": "gaussian", "strengths": []}, "at least 1 item"),
        (NoisePart, {"kind": "gaussian", "strengths": [1], "size": 3}, "it has none"),
        (CompressionPart, {"bits": 9}, "expected bits to be a whole number from 2 to 8"),
        (StagePart, {"stage": "simulat"}, "try simulate"),
        (ModelPart, {"architecture": "lenet5", "training": {"epochz": 3}}, "try epochs"),
        (ModelPart, {"architecture": "lenet5", "training": {"lr": 0}}, "expected lr to be a number above 0"),
    ],
)
def test_a_fault_is_told(kind: Any, values: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as error:
        kind.model_validate(values)
    assert told in str(error.value)
