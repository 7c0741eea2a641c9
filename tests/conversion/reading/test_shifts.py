"""A plan in which values are sent shifted above zero computes what it computed: the shift goes into the layers behind."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright.conversion.forward import Rewritten, activations
from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.plan import Below, CodeTraits
from spikewright.conversion.reading.shifts import TURNED, one_sided
from tests.conversion.signs import SIZE, networks

X = torch.rand(3, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(0))


@settings(max_examples=40)
@given(model=networks(), seed=st.integers(0, 99), per_channel=st.booleans())
def test_any_shift_of_any_unit_is_taken_off_again(model: nn.Module, seed: int, per_channel: bool) -> None:
    plan = plan_of(model, X, traits=CodeTraits(two_sided=False))
    random = np.random.default_rng(seed)
    signed = [unit for unit in plan.hidden if unit.activation.lowest != 0.0]
    sizes = {unit.name: (unit.shape[0],) if per_channel and unit.activation.top is None else () for unit in signed}
    below = {name: Below(random.random(size)) for name, size in sizes.items()}
    shifted = one_sided(plan, below)
    torch.testing.assert_close(Rewritten(shifted)(X), Rewritten(plan)(X))
    before, after = activations(plan, X), activations(shifted, X)
    for unit in shifted.units:
        more = 0.0 if unit.below is None else torch.from_numpy(unit.below.over(unit.shape).copy())
        torch.testing.assert_close(after[unit.name], before[unit.name] + more if unit.name in before else more)


@settings(max_examples=40)
@given(model=networks())
def test_both_halves_of_any_unit_are_its_value(model: nn.Module) -> None:
    """Of what goes to both sides of zero and is compared by no gate."""
    plan = plan_of(model, X, traits=CodeTraits(two_sided=False))
    compared = {unit.terms[0].source for unit in plan.gates}
    names = [u.name for u in plan.hidden if u.activation.halves() is not None and u.name not in compared]
    halved = one_sided(plan, {name: Below(halves=True) for name in names})
    torch.testing.assert_close(Rewritten(halved)(X), Rewritten(plan)(X))
    assert {unit.name for unit in halved.units} >= {name + end for name in names for end in ("", TURNED)}
    assert not any(unit.signed for unit in halved.units if unit.name.removesuffix(TURNED) in names)


def test_a_shift_behind_padding_is_a_map() -> None:
    """At a corner four of nine weights of one see the constant, in the middle all."""
    layers = nn.Conv2d(1, 1, 1), nn.Hardtanh(), nn.Conv2d(1, 1, 3, padding=1, bias=False), nn.ReLU(), nn.Flatten()
    model = nn.Sequential(*layers).eval()
    nn.init.ones_(layers[2].weight)  # type: ignore[arg-type]
    plan = one_sided(plan_of(model, X), {"_0": Below(np.asarray(1.0))})
    np.testing.assert_allclose(plan.units[1].bias[0, :2, :2], [[-4.0, -6.0], [-6.0, -9.0]])


def test_gates_pass_the_shift_on_and_an_output_adds_up_without_it() -> None:
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.Hardtanh(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 2), nn.Hardtanh()
    )
    plan = one_sided(plan_of(model.eval(), X), {"_0": Below(np.asarray(1.0)), "_4": Below(np.asarray(1.0))})
    assert [unit.below is None for unit in plan.units] == [False, False, False, True]
    assert plan.output.adds_up and not plan.hidden[0].signed and plan.hidden[0].activation.lowest == 0.0
    with torch.no_grad():
        torch.testing.assert_close(Rewritten(plan)(X), model.double()(X.double()))


def test_nothing_below_is_nothing_done() -> None:
    plan = plan_of(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten()).eval(), X)
    assert one_sided(plan, {}) is plan


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 5), (2,)])
def test_below_is_one_number_or_one_for_each_channel(shape: tuple[int, ...]) -> None:
    assert np.all(Below(np.asarray(0.5)).over(shape) == 0.5)
    assert np.all(Below(np.array([0.5, 1.0])).over(shape)[1] == 1.0) and not Below().by
