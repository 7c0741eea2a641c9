"""What the pre-steps of both methods do, and what they cost."""

import numpy as np
import pytest
import torch

from spikewright.conversion import Cos, Rate, Srp, convert, two_phase
from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.conversion.calibration.phase_laws import SpikeLedger, fanout_of, through
from spikewright.snn import IF, Network, simulate
from spikewright.snn.twin.synapses import Path
from tests.conversion.architectures import CASES, build, images


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
