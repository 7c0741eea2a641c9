"""Spaces: as many points as are counted, each once, each a study of one chain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.experiments.exploring.space import Space, key_of
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.spec import make_study
from tests.experiments.exploring.spaces import ALTERNATIVES, study_of


@given(st.lists(st.sampled_from(ALTERNATIVES), unique_by=lambda each: each["place"]), st.booleans())
def test_points_are_counted_before_they_are_made(alternatives: list[dict[str, object]], several: bool) -> None:
    source = [{"place": "rate.source", "values": ["ann", "small"]}] if several else []
    space = Space(study_of(*alternatives, *source, {"place": "rate.samples", "values": [1, 2]}))
    points = list(space.points())
    assert len({key_of(point) for point in points}) == len(points) == space.size
    assert all(space.point(point) == point for point in points)


def test_a_point_is_the_study_of_its_chain() -> None:
    space = Space(study_of())
    rate = {"chain": "rate", "rate.steps": 2, "rate.fixed.weight_bits": 8, "small.sparsity": 0.5, "small.bits": None}
    made = space.study_at(rate)
    small = "small-sparsity0_5-bitsnone"
    assert [(part.name, part.options) for part in made.compressions] == [
        (small, {"sparsity": 0.5, "bits": None, "rounds": 1})
    ]
    (part,) = made.conversions
    assert (part.source, part.options["steps"]) == (small, 2) and part.fixed is not None and part.fixed.weight_bits == 8
    assert space.names_at(rate, made) == {"rate": made.conversions[0].name, "small": small, "ann": "ann"}
    plain = space.study_at({"chain": "plain", "plain.steps": 7})
    assert not plain.compressions and [part.name for part in plain.conversions] == ["plain-steps7"]


def test_points_share_the_cells_that_do_not_differ() -> None:
    space = Space(study_of())
    start = {"chain": "rate", "rate.fixed.weight_bits": 8, "small.sparsity": 0.5, "small.bits": 2}
    first, second = (
        {cell.key: cell.stage for cell in expand(space.study_at({**start, "rate.steps": steps}))} for steps in (2, 4)
    )
    assert sorted(first[key] for key in first.keys() & second.keys()) == ["compress", "train"]
    named = expand(space.study_at({**start, "rate.steps": 2}))
    assert len({cell.name for cell in named}) == 3, "networks of different settings have different names in tables"


def test_subjects_of_other_chains_are_left_out() -> None:
    study = study_of()
    attack = {"kind": "fgsm", "epsilons": [0.1], "subjects": ["rate"]}
    values = {**study.model_dump(mode="json"), "hardware": {"networks": ["rate"]}}
    values["robustness"] = {"subjects": ["plain", "ann"], "attacks": [attack]}
    space = Space(make_study(values))
    plain = space.study_at({"chain": "plain", "plain.steps": 7})
    assert plain.hardware is None and plain.robustness is not None and not plain.robustness.attacks
    assert plain.robustness.subjects == ("plain-steps7", "ann")


def test_alternatives_of_other_chains_mean_nothing() -> None:
    space = Space(study_of())
    every = {place: values[0] for place, values in space.dimensions.items()}
    assert set(space.point({**every, "chain": "plain"})) == {"chain", "plain.steps"}


@pytest.mark.parametrize(
    "place, said",
    [
        ("smal.bits", "'smal.bits'; try small$"),
        ("other.bits", "expected a setting of small, rate, plain, got 'other.bits'"),
    ],
)
def test_places_that_are_none(place: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        Space(study_of({"place": place, "values": [2, 4]}))


def test_one_point_is_no_space() -> None:
    values = study_of().model_dump(mode="json")
    values["conversions"], values["search"]["space"] = values["conversions"][:1], []
    with pytest.raises(InvalidInput, match=r"expected alternatives, got none; try a list or a range"):
        Space(make_study(values))
