"""Every peer that is installed has the law of `snn.IF`: to the bit on exact sums, and the same answers on trained weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks.case import Case, load_case
from benchmarks.dense import Dense
from benchmarks.dense_plan import Plan
from benchmarks.equality import compare, event_answer, on_a_grid, same_law
from benchmarks.peers import CONTENDERS, Contender
from spikewright import InvalidInput, MissingTool
from spikewright.snn import IF

IMAGES = 16
PLANS = (Plan("steps", False, False, 16), Plan("layers", True, True, 5))


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case("small-digits", None, 7, calibration=200)


def _neurons(contender: Contender):
    try:
        return contender.neurons()
    except MissingTool as error:
        pytest.skip(str(error))


# torch.compile needs a C++ compiler and half a minute: the benchmark checks it each time.
@pytest.mark.parametrize("contender", [c for c in CONTENDERS if "compile" not in c.name], ids=lambda c: c.name)
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.order)
def test_a_peer_has_the_law_and_gives_our_answers(contender: Contender, plan: Plan, case: Case) -> None:
    neurons, images = _neurons(contender), case.images[:IMAGES]
    assert same_law(case.network, images, lambda network, few: Dense(network, neurons, plan).counts(few))
    agreement = compare(event_answer(case.network, images), Dense(case.network, neurons, plan).counts(images))
    assert agreement.within_rounding
    assert agreement.potentials < 1e-5


def test_two_libraries_are_always_there() -> None:
    for name in ("snnTorch", "Norse"):
        assert next(c for c in CONTENDERS if c.name == name).neurons()


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(MissingTool, match=r"peers\.txt"):
        Contender("Nobody", "no-such-package", "benchmarks.peers.nobody:Nobody").neurons()


def test_another_law_is_noticed(case: Case) -> None:
    """Neurons that fire above the threshold only, not at it, pass on random sums; the exact ones tell."""
    neurons = _neurons(next(c for c in CONTENDERS if c.name == "torch, plain loop"))
    plan = Plan("steps", True, False, 16)

    def answer(network, images):
        dense = Dense(network, neurons, plan)
        for name, cell in dense.cells.items():
            cell.threshold = torch.nextafter(dense.firing[name].threshold, torch.tensor(torch.inf))
        return dense.counts(images)

    assert not same_law(case.network, case.images[:IMAGES], answer)


def test_answers_on_the_grid_do_not_depend_on_the_order_of_sums(case: Case) -> None:
    exact = on_a_grid(case.network)
    images = np.round(case.images[:IMAGES] * 16) / np.float32(16)
    assert compare(event_answer(exact, images, "reference"), event_answer(exact, images)).exact


def test_other_networks_are_refused(case: Case) -> None:
    neurons = _neurons(next(c for c in CONTENDERS if c.name == "torch, plain loop"))
    zero = [
        replace(p, neuron=IF(p.neuron.threshold, "zero")) if isinstance(p.neuron, IF) else p
        for p in case.network.populations
    ]
    for network in (case.fixed, replace(case.network, populations=tuple(zero))):
        with pytest.raises(InvalidInput, match="subtract"):
            Dense(network, neurons, PLANS[0])
