"""Samplers: what is proposed lies in the space, and what was refused or failed is told without harm."""

import logging

import pytest

from spikewright import MissingTool
from spikewright.experiments.exploring.points import Tried
from spikewright.experiments.exploring.sampling import OptunaAsking, asking_of
from spikewright.experiments.exploring.space import Space, key_of
from tests.experiments.exploring.spaces import search_part, study_of, worth


def test_proposals_lie_in_the_space() -> None:
    study = study_of(sampler="random")
    space = Space(study)
    every = {key_of(point) for point in space.points()}
    asking = asking_of(space, search_part(study))
    assert {key_of(asking.ask()[1]) for _ in range(400)} == every
    asking.tell(None, Tried({}))


@pytest.mark.parametrize("sampler", ["nsga2", "tpe"])
def test_refused_and_failed_points_are_told_and_avoided(sampler: str) -> None:
    """One chain is refused throughout: of the later proposals most are of the other one."""
    optuna = pytest.importorskip("optuna")
    level = optuna.logging.get_verbosity()
    study = study_of(sampler=sampler, constraints={"steps": {"most": 8}})
    space, proposed = Space(study), []
    asking = OptunaAsking(space, search_part(study))
    for number in range(120):
        trial, point = asking.ask()
        proposed.append(point["chain"])
        refused = Tried(point, why="expected luck, got none", final=number % 7 > 0)
        asking.tell(trial, worth(point) if point["chain"] == "plain" else refused)
    assert proposed[-40:].count("plain") > 25
    assert optuna.logging.get_verbosity() == level != logging.NOTSET


def test_a_point_that_chance_chose_is_told_too() -> None:
    pytest.importorskip("optuna")
    study = study_of(sampler="tpe")
    space = Space(study)
    asking = OptunaAsking(space, search_part(study))
    point = next(iter(space.points()))
    trial = asking.ask_for(point)
    asking.tell(trial, worth(point))
    assert asking.study.trials[0].values == list(each.value for each in worth(point).measured.values())
    assert space.point({p: asking.values[p][n] for p, n in trial.params.items()}) == point


def test_without_optuna_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "optuna", None)
    study = study_of(sampler="nsga2")
    with pytest.raises(
        MissingTool, match=r'to search by nsga2 or tpe, got .*; try pip install "spikewright\[search\]"'
    ):
        asking_of(Space(study), search_part(study))
