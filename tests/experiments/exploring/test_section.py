"""The section of a search: short forms, and what it refuses."""

from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.experiments.studies.spec import make_study
from tests.experiments.exploring.spaces import search_part, study_of

GOOD = {"objectives": {"accuracy": "max"}, "space": [{"place": "rate.steps", "values": [1, 2]}]}


def test_a_direction_alone_is_an_objective() -> None:
    part = search_part(study_of(constraints={"accuracy": {"least": 0.5}, "steps": {"most": 9}}))
    assert part.objectives["accuracy"].best == "max" and list(part.measures) == ["accuracy", "steps"]
    assert part.measures["accuracy"] is part.objectives["accuracy"]


def test_it_is_stored_and_read_again() -> None:
    study = study_of(constraints={"steps": {"most": 9, "of": "rate", "where": {"kind": "SNN"}}})
    assert make_study(study.model_dump(mode="json"), stored=True) == study


@pytest.mark.parametrize(
    "search, said",
    [
        ({"points": 0}, r"search\.points"),
        ({"points": 10**9}, r"search\.points"),
        ({"batch": 0}, r"search\.batch"),
        ({"seed": -1}, r"search\.seed"),
        ({"sampler": "nsga3"}, r"search\.sampler"),
        ({"objectives": {}}, r"search\.objectives"),
        ({"objectives": {"accuracy": "largest"}}, r"search\.objectives\.accuracy\.best"),
        ({"objectives": {"accuracy": {"best": "max", "tak": "sum"}}}, "got 'tak'; try take"),
        ({"objectives": {"a;b": "max"}}, r"search\.objectives\.a;b"),
        ({"constraints": {"lut": {}}}, "expected least or most, got neither"),
        ({"constraints": {"lut": {"least": 3, "most": 2}}}, "expected least not above most, got 3 and 2"),
        ({"space": [{"place": "rate", "values": [1]}]}, r"search\.space\[0\]\.place"),
        ({"space": [{"place": "rate.steps", "values": []}]}, r"search\.space\[0\]\.values"),
        ({"point": 3}, "got 'point'; try points"),
    ],
)
def test_what_is_refused(search: dict[str, Any], said: str) -> None:
    values = study_of().model_dump(mode="json")
    with pytest.raises(InvalidInput, match=said):
        make_study({**values, "search": {**GOOD, **search}})
