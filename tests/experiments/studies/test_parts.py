"""Parts of a study: settings stand beside the part's fields or under options, and are checked by the record that they are for."""

from typing import Any

import pytest
from pydantic import ValidationError

from spikewright.conversion import Rate
from spikewright.experiments.studies.parts import (
    STORED,
    AttackPart,
    CompressionPart,
    ConversionPart,
    ModelPart,
    NoisePart,
    StagePart,
)
from spikewright.robustness import FGSM, PGD


def test_settings_beside_a_part_are_those_under_options() -> None:
    beside = ConversionPart.model_validate({"name": "r", "recipe": "rate", "steps": 4, "samples": 9})
    under = ConversionPart.model_validate({"name": "r", "recipe": "rate", "options": {"steps": 4}, "samples": 9})
    assert beside == under and beside.record() == Rate(4)
    assert ConversionPart.model_validate(beside.model_dump(mode="json")) == beside


def test_the_meaning_has_what_is_not_as_by_default() -> None:
    part = ConversionPart.model_validate({"name": "r", "recipe": "rate", "steps": 7, "neuron": "signed"})
    assert part.meaning == {"recipe": "rate", "options": {"neuron": "signed"}}


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


def test_a_stored_study_imports_nothing_of_the_user_s() -> None:
    values = {"kind": "nowhere_at_all:Mine", "epsilons": [0.1], "strength": 3}
    part = AttackPart.model_validate(values, context={STORED: True})
    assert part.meaning == {"kind": "nowhere_at_all:Mine", "options": {"strength": 3}}
    with pytest.raises(ValidationError, match="No module named"):
        AttackPart.model_validate(values)
