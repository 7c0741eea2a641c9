"""Settings stand beside the fields of a part or under options; of a stored study nothing is imported."""

import pytest
from pydantic import ValidationError

from spikewright.conversion import Rate
from spikewright.experiments.studies.part_bases import STORED, Name, StudyPart
from spikewright.experiments.studies.parts import AttackPart, ConversionPart


def test_settings_beside_a_part_are_those_under_options() -> None:
    beside = ConversionPart.model_validate({"name": "r", "recipe": "rate", "steps": 4, "samples": 9})
    under = ConversionPart.model_validate({"name": "r", "recipe": "rate", "options": {"steps": 4}, "samples": 9})
    assert beside == under and beside.record() == Rate(4)
    assert ConversionPart.model_validate(beside.model_dump(mode="json")) == beside


def test_the_meaning_has_what_is_not_as_by_default() -> None:
    part = ConversionPart.model_validate({"name": "r", "recipe": "rate", "steps": 7, "neuron": "signed"})
    assert part.meaning == {"recipe": "rate", "options": {"neuron": "signed"}}


def test_a_stored_study_imports_nothing_of_the_user_s() -> None:
    values = {"kind": "nowhere_at_all:Mine", "epsilons": [0.1], "strength": 3}
    part = AttackPart.model_validate(values, context={STORED: True})
    assert part.meaning == {"kind": "nowhere_at_all:Mine", "options": {"strength": 3}}
    with pytest.raises(ValidationError, match="No module named"):
        AttackPart.model_validate(values)


def test_names_are_short_words_and_nothing_changes_afterwards() -> None:
    class Named(StudyPart):
        name: Name

    part = Named(name="a-1_b")
    with pytest.raises(ValidationError, match="frozen"):
        part.name = "b"
    for wrong in ("", "A", "-a", "a b", "a" * 82):
        with pytest.raises(ValidationError, match="should match pattern"):
            Named(name=wrong)
    with pytest.raises(ValidationError, match="Extra inputs"):
        Named.model_validate({"name": "a", "nome": "b"})
