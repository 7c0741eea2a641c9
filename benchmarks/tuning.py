"""The fastest way to run each contender, found by trial on a few images before anything is measured."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.dense import Dense, Neurons
from benchmarks.dense_plan import Plan
from benchmarks.timing import fastest, stopwatch
from spikewright.snn import Network

LONG_S = 1.0
"""A first call that takes longer is not dominated by what only first calls do: it is the trial."""


@dataclass(frozen=True, eq=False)
class Tuned:
    """A contender in its best form. `setup_s`: seconds of its first call, where that compiled something."""

    runner: Dense
    setup_s: float

    @property
    def how(self) -> str:
        """For the table."""
        plan = self.runner.plan
        order = "layer by layer" if plan.order == "layers" else "step by step"
        layout = "channels last" if plan.channels_last else "channels first"
        return f"{order}, {'input hoisted' if plan.hoist else 'input every step'}, {layout}, batch {plan.batch}"


def tune(network: Network, neurons: Neurons, plans: Iterable[Plan], images: NDArray[np.float32]) -> Tuned:
    """The plan with the most images per second; batches larger than `images` are left out."""
    torch._dynamo.config.recompile_limit = 256
    best, best_rate, setup_s = None, 0.0, 0.0
    plans = list(plans)
    fitting = [plan for plan in plans if plan.batch <= len(images)]
    for plan in fitting or [replace(plans[0], batch=len(images))]:
        runner = Dense(network, neurons, plan)
        some = images[: max(16, plan.batch)]
        first_s = stopwatch(lambda runner=runner, some=some: runner.logits(some))
        setup_s += first_s
        long = first_s > LONG_S and neurons.name != "torch.compile"
        rate = len(some) / (first_s if long else fastest(lambda runner=runner, some=some: runner.logits(some)))
        if rate > best_rate:
            best, best_rate = runner, rate
    if best is None:
        raise ValueError("expected at least one plan")
    return Tuned(best, setup_s if neurons.name == "torch.compile" else 0.0)
