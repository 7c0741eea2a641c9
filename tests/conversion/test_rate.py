"""Thresholds, starts and neurons of rate codes; both phases of residual methods counted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.compress import trace
from spikewright.conversion import Cos, Rate, Srp, Unconvertible, convert, two_phase
from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.conversion.calibration.phase_laws import SpikeLedger, fanout_of, through
from spikewright.conversion.calibration.settings import Advanced, Light
from spikewright.conversion.recipes.threshold_search import SHARES, CountGrid, least_squares
from spikewright.snn import IF, Burst, Network, SignedIF, TernaryIF, simulate
from spikewright.snn.twin.synapses import Path
from tests.conversion.architectures import CASES, build, images, seq


def counted(x: np.ndarray, threshold: float, grid: CountGrid) -> np.ndarray:
    step = threshold / grid.levels
    return step * np.clip(np.floor(x / step + 0.5 * grid.half), 0, grid.levels)


@settings(max_examples=20)
@given(levels=st.integers(1, 40), half=st.booleans(), by_channel=st.booleans(), seed=st.integers(0, 99))
def test_least_squares_thresholds_have_the_least_error(levels: int, half: bool, by_channel: bool, seed: int) -> None:
    x = torch.randn(70, 3, 2, 2, generator=torch.Generator().manual_seed(seed)) * torch.tensor([1.0, 3.0, 0.1]).view(
        3, 1, 1
    )
    view, grid = trace(seq(nn.ReLU(), nn.Identity()), x), CountGrid(levels, half)
    rows = 3 if by_channel else 1
    found = least_squares(view, x, {view.nodes[1].name: rows}, grid)[view.nodes[1].name]
    for row, threshold in zip(torch.relu(x).double().numpy().swapaxes(0, 1).reshape(rows, -1), found, strict=True):
        errors = [np.mean((counted(row, row.max() * share, grid) - row) ** 2) for share in SHARES]
        mine = np.mean((counted(row, threshold, grid) - row) ** 2)
        # Rounding to the nearest is a distance: bins of 1/2048 change its root mean square by half a bin each way.
        slack = row.max() / 2048 if half else 0.1 * np.sqrt(min(errors)) + row.max() / 2048
        assert np.sqrt(mine) <= np.sqrt(min(errors)) + slack


def one_neuron(recipe: Rate) -> Network:
    """A neuron that integrates its input; its full activation is 1."""
    model = seq(nn.Linear(1, 1, bias=False), nn.ReLU(), nn.Linear(1, 1, bias=False))
    for layer in (model[0], model[2]):
        nn.init.ones_(layer.weight)
    return convert(model, torch.ones(1, 1), recipe)


def count(network: Network, current: float) -> int:
    return int(simulate(network, np.full((1, 1), current, dtype=np.float32), engine="reference").spikes["_0"][0])


@settings(max_examples=15)
@given(log_steps=st.integers(0, 5), eighths=st.integers(-16, 40))
def test_half_a_step_in_the_bias_counts_like_half_a_threshold(log_steps: int, eighths: int) -> None:
    """Dyadic, so that sums are exact: n = clip(floor(x steps + 1/2), 0, steps) either way."""
    steps, x = 2**log_steps, eighths / 16
    found = [
        count(one_neuron(Rate(steps, "max", initial=way, schedule=schedule)), x)
        for way in ("half", "shift")
        for schedule in ("synchronous", "layerwise")
    ]
    assert found == [int(np.clip(np.floor(x * steps + 0.5), 0, steps))] * 4


@settings(max_examples=40)
@given(log_steps=st.integers(0, 4), limit=st.sampled_from([1, 2, 4, 8]), sixteenths=st.integers(-8, 24))
def test_a_burst_neuron_has_limit_times_steps_levels(log_steps: int, limit: int, sixteenths: int) -> None:
    steps, x = 2**log_steps, sixteenths / 16
    network = one_neuron(Rate(steps, "max", neuron="burst", limit=limit))
    assert isinstance(network.by_name["_0"].neuron, Burst)
    assert count(network, x) == np.clip(np.floor(x * steps * limit + 0.5), 0, steps * limit)
    assert f"{limit * steps + 1} levels" in str(network.report)


def test_neurons_and_levels_are_those_of_the_recipe() -> None:
    case = CASES["lenet"]
    made = {neuron: convert(build(case), images(case), Rate(5, neuron=neuron)) for neuron in ("if", "signed")}
    assert isinstance(made["if"].populations[1].neuron, IF) and isinstance(
        made["signed"].populations[1].neuron, SignedIF
    )
    assert all("6 levels" in str(network.report) for network in made.values())
    leaky = seq(nn.Conv2d(1, 2, 3), nn.LeakyReLU(0.1), nn.Flatten(), nn.Linear(72, 3)).eval()
    network = convert(leaky, torch.rand(4, 1, 8, 8), Rate(5))
    assert isinstance(network.populations[1].neuron, TernaryIF) and "11 levels" in str(network.report)
    with pytest.raises(Unconvertible, match="values below zero"):
        convert(leaky, torch.rand(4, 1, 8, 8), Rate(5, neuron="signed"))


class Unequal(nn.Module):
    """A residual sum of two paths whose values differ by a factor."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.stem, self.conv, self.fc = nn.Conv2d(1, 3, 3), nn.Conv2d(3, 3, 3, padding=1), nn.Linear(3 * 16, 3)
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.stem(x))
        return self.fc(torch.relu(torch.relu(self.conv(x)) * self.factor + x).flatten(1))


@pytest.mark.parametrize("factor", [0.02, 1.0, 50.0])
@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
def test_both_paths_of_a_residual_sum_are_scaled(factor: float, schedule: Any) -> None:
    torch.manual_seed(0)
    model, x = Unequal(factor).eval(), torch.rand(40, 1, 6, 6)
    with torch.no_grad():
        truth = model(x).numpy()
    errors = {}
    for steps in (8, 256):
        network = convert(model, x, Rate(steps, "max", schedule=schedule, calibration=None))
        found = simulate(network, x.numpy()).logits * network.logit_scale
        errors[steps] = np.abs(found - truth).max() / np.abs(truth).max()
    assert errors[256] < errors[8] / 8 and errors[256] < 0.02


@pytest.fixture(scope="module")
def lenet() -> tuple[Network, np.ndarray]:
    case = CASES["lenet"]
    return convert(build(case), images(case, 40), Rate(6, calibration=None)), images(case, 9, 3).numpy()


@pytest.mark.parametrize("name", ["lenet", "residual", "pool of pool", "groups and dilation", "mlp"])
def test_the_run_in_torch_is_that_of_the_engine(name: str) -> None:
    """Spikes and synaptic operations of every population, without any second phase."""
    case = CASES[name]
    network, x = convert(build(case), images(case, 40), Rate(6, calibration=None)), images(case, 9, 3)
    truth = simulate(network, x.numpy())
    ledger = SpikeLedger(
        {q.name: fanout_of(network, Path(network, q, torch.float32), q.source) for q in network.projections}
    )
    with torch.no_grad():
        flow = LayerRun(network, x, {})
        logits = through(flow, flow.answer, ledger)
    np.testing.assert_allclose(logits.numpy(), truth.logits_over_time.reshape(logits.shape), atol=1e-4)
    for population in network.populations:
        np.testing.assert_array_equal(ledger.spikes[population.name].numpy(), truth.spikes[population.name])
    for q in network.projections:
        np.testing.assert_array_equal(ledger.operations[q.name].numpy(), truth.synaptic_operations[q.name])


@pytest.mark.parametrize("method", [Srp(2), Cos(2)])
def test_pre_steps_count_as_steps_spikes_and_operations(lenet: Any, method: Any) -> None:
    network, x = lenet
    plain, both = simulate(network, x), two_phase(network, x, method)
    assert both.steps == network.steps + 2 and (both.decision_step == both.steps).all()
    assert not both.logits_over_time[:2].any()
    first, *_ = network.projections
    assert (both.synaptic_operations[first.name] >= plain.synaptic_operations[first.name]).all()
    name = network.populations[1].name
    early = simulate(network, x, steps=2).spikes[name]
    assert (both.spikes[name] >= early).all() and both.spikes[name].sum() > plain.spikes[name].sum()


def test_srp_keeps_those_silent_whose_charge_was_too_small() -> None:
    """Two neurons excite and inhibit a third: it fires at once and should not have, for its whole charge is negative."""
    network = early_and_late()
    plain = simulate(network, np.ones((1, 2), np.float32))
    assert plain.logits[0, 0] > 0
    assert two_phase(network, np.ones((1, 2), np.float32), Srp(4)).logits[0, 0] == 0
    assert two_phase(network, np.ones((1, 2), np.float32), Cos(4)).logits[0, 0] == 0


def early_and_late() -> Network:
    """One neuron fires from the first step on, the other from the second, and takes all of it back."""
    from spikewright.snn import Direct, Integrator, Linear, Population, Projection, Source, dense

    weights = [np.diag([1.0, 0.5]), np.array([[1.0, -2.0]]), np.array([[1.0]])]
    populations = (
        Population("in", (2,), Source()),
        Population("two", (2,), IF(1.0)),
        Population("third", (1,), IF(1.0)),
        Population("out", (1,), Integrator()),
    )
    names = [p.name for p in populations]
    projections = tuple(
        Projection(a, b, Linear(dense(w.astype(np.float32))))
        for a, b, w in zip(names, names[1:], weights, strict=False)
    )
    return Network(populations, projections, "in", "out", Direct(4))


BAD: dict[str, Callable[[], Any]] = {
    "threshold": lambda: Rate(4, "large"),
    "both": lambda: Rate(4, "max", percentile=99.0),
    "percentile": lambda: Rate(4, percentile=100.5),
    "neuron": lambda: Rate(4, neuron="lif"),
    "limit": lambda: Rate(4, neuron="burst", limit=0),
    "signed reset": lambda: Rate(4, neuron="signed", reset="zero"),
    "calibration": lambda: Rate(4, calibration="heavy"),
    "calibration number": lambda: Rate(4, calibration=3),
    "samples": lambda: Light(samples=3),
    "rounds": lambda: Advanced(rounds=0),
    "rate": lambda: Advanced(rate=float("nan")),
    "pre-steps": lambda: Srp(0),
    "all pre-steps": lambda: Rate(4, residual=Srp(4)),
    "more pre-steps than steps": lambda: Rate(7, residual=Cos(4)),
    "residual": lambda: Rate(8, residual=4),
    "residual layerwise": lambda: Rate(8, residual=Srp(4), schedule="layerwise"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_recipes_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        BAD[name]()


def test_two_phases_need_a_plain_network(lenet: Any) -> None:
    network, x = lenet
    case = CASES["lenet"]
    layerwise = convert(build(case), images(case), Rate(4, schedule="layerwise"))
    for wrong in (network.to_fixed(), layerwise):
        with pytest.raises(InvalidNetwork, match="IF neurons"):
            two_phase(wrong, x, Srp(2))
    with pytest.raises(InvalidInput, match="pre-steps"):
        two_phase(network, x, Cos(7))
    with pytest.raises(InvalidInput, match="Srp"):
        two_phase(network, x, 4)


def test_a_residual_recipe_counts_its_pre_steps() -> None:
    case = CASES["lenet"]
    network = convert(build(case), images(case), Rate(8, residual=Srp(3)))
    assert network.steps == 5 and "make 8" in str(network.report)
    assert two_phase(network, images(case).numpy(), Srp(3)).steps == 8
