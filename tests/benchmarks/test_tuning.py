"""The plan of a contender is said in words, and batches that do not fit are left out."""

import numpy as np

from benchmarks.dense import Dense
from benchmarks.dense_plan import Plan
from benchmarks.generated import Shape, generate
from benchmarks.peers.plain import InPlace
from benchmarks.tuning import Tuned, tune


def test_plans_that_fit_are_tried() -> None:
    network, images = generate(Shape(channels=2, side=4, steps=2, density=0.1), 4)
    tuned = tune(network, InPlace(), [Plan("layers", batch=64), Plan("steps", batch=2)], np.asarray(images))
    assert tuned.runner.plan == Plan("steps", batch=2) and tuned.setup_s == 0.0
    lone = tune(network, InPlace(), [Plan("layers", batch=64)], np.asarray(images))
    assert lone.runner.plan.batch == 4


def test_words() -> None:
    network, _ = generate(Shape(channels=2, side=4, steps=2, density=0.1), 4)
    how = Tuned(Dense(network, InPlace(), Plan("steps", False, True, 8)), 0.0).how
    assert how == "step by step, input every step, channels last, batch 8"
