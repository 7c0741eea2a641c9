"""Ask and tell: different points, as many as are allowed, the same ones again for the same seed and answers."""

import importlib.util
from itertools import chain

import pytest

from spikewright.experiments.exploring.asking import takes_all
from spikewright.experiments.exploring.space import Space, key_of
from tests.experiments.exploring.spaces import asked_by, search_part, study_of

needs_optuna = pytest.mark.skipif(importlib.util.find_spec("optuna") is None, reason="needs the extra search")
SAMPLERS = ["random", pytest.param("nsga2", marks=needs_optuna), pytest.param("tpe", marks=needs_optuna)]
SIZE = 38


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("points, batch", [(1, 1), (7, 3), (37, 16), (30, 30)])
def test_each_point_is_asked_for_once(sampler: str, points: int, batch: int) -> None:
    asked = asked_by(study_of(sampler=sampler, points=points, batch=batch))
    assert [len(each) for each in asked] == [batch] * (points // batch) + ([points % batch] if points % batch else [])
    assert len({key_of(point) for point in chain(*asked)}) == points


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_same_seed_same_points(sampler: str) -> None:
    told = [asked_by(study_of(sampler=sampler, points=20, batch=5, seed=seed)) for seed in (3, 3, 4)]
    assert told[0] == told[1] != told[2]


@pytest.mark.parametrize("sampler, points", [("all", 1), ("all", 20), ("nsga2", SIZE), ("tpe", 100)])
def test_without_a_sampler_points_come_in_order(sampler: str, points: int) -> None:
    study = study_of(sampler=sampler, points=points, batch=7)
    space = Space(study)
    assert space.size == SIZE and takes_all(space, search_part(study))
    assert list(chain(*asked_by(study))) == list(space.points())[:points]
