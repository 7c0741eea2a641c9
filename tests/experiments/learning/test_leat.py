"""Early decision on a rate-coded input: accuracy kept, few steps, bad input refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from spikewright import InvalidInput, InvalidNetwork, experiments
from spikewright.conversion import Rate, convert
from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.learning.leat import EarlyDecision, early_deciding, main
from spikewright.snn import IF, Direct, Integrator, Linear, Network, Population, Projection, Source, dense, simulate


@pytest.fixture(scope="module")
def digits():
    data, model = load_dataset("digits"), experiments.load("small-digits")
    samples = data.train_images[:300]
    return data, samples, convert(model, torch.from_numpy(samples), Rate(steps=32))


def test_early_decision_keeps_the_accuracy_in_few_steps(digits):
    data, samples, network = digits
    early = early_deciding(network, samples, EarlyDecision(steps=200))
    activity = simulate(early, data.test_images)
    plain = simulate(network, data.test_images)
    assert activity.accuracy(data.test_labels) >= plain.accuracy(data.test_labels) - 0.015
    assert activity.decision_step.mean() < 30
    top = np.sort(activity.logits, axis=1)
    decided = activity.decision_step < activity.steps
    assert np.all((top[:, -1] - top[:, -2])[decided] >= 4)


def test_a_larger_lead_takes_longer(digits):
    data, samples, network = digits
    steps = [
        simulate(early_deciding(network, samples, EarlyDecision(steps=100, lead=lead)), data.test_images[:100])
        .decision_step.mean()
        for lead in (1.0, 4.0, 8.0)
    ]  # fmt: skip
    assert steps[0] < steps[1] < steps[2]


def test_slower_pixels_take_longer_and_decide_alike(digits):
    data, samples, network = digits
    fast, slow = (
        simulate(early_deciding(network, samples, EarlyDecision(steps=300, shortest=shortest)), data.test_images[:200])
        for shortest in (1.0, 3.0)
    )
    assert slow.decision_step.mean() > 2 * fast.decision_step.mean()
    assert np.mean(slow.predictions == fast.predictions) >= 0.95


def test_refusals(digits):
    _, samples, network = digits
    with pytest.raises(InvalidNetwork, match="Integrator"):
        early_deciding(network.to_fixed(), samples, EarlyDecision())
    silent = Network(
        (Population("input", (2,), Source()), Population("a", (2,), IF(1.0)), Population("out", (2,), Integrator())),
        (
            Projection("input", "a", Linear(dense(np.ones((2, 2), np.float32)))),
            Projection("a", "out", Linear(dense(-np.ones((2, 2), np.float32)))),
        ),
        "input",
        "out",
        Direct(4),
    )
    with pytest.raises(InvalidInput, match="above zero"):
        early_deciding(silent, np.ones((3, 2), np.float32), EarlyDecision())
    with pytest.raises(InvalidInput, match="steps"):
        early_deciding(network, samples, replace(EarlyDecision(), steps=0))


def test_the_command(capsys):
    assert main(["--network", "small-digits", "--seeds", "1", "--steps", "60"]) == 0
    assert "450 test images of digits" in capsys.readouterr().out
    assert main(["--network", "mlp300-mnist", "--data", "nowhere"]) == 2
