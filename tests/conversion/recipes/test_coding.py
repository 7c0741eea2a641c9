"""What a recipe decides, as data."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.conversion import Rate
from spikewright.conversion.recipes.coding import (
    NeuronChoice,
    adding_up,
    check_unit_range,
    initial_potential,
    input_amplitude,
    number,
    output_amplitude,
    with_gates,
)
from spikewright.snn import IF, Integrator, MaxGate
from tests.conversion.reading.helpers import plan_for


def test_a_gate_sends_what_its_source_does() -> None:
    plan = plan_for(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()), 1, 6, 6)
    known = {"_0": NeuronChoice(IF(0.5), np.array([0.5, 2.0]), "")}
    choices = with_gates(plan, known)
    assert choices["_2"].neuron == MaxGate() or isinstance(choices["_2"].neuron, MaxGate)
    assert choices["_2"].amplitude is known["_0"].amplitude and set(known) == {"_0"}


def test_amplitudes_of_both_ends() -> None:
    counted = plan_for(nn.Sequential(nn.Linear(3, 2), nn.ReLU()), 3)
    choices = {"_0": NeuronChoice(IF(0.5), np.asarray(0.5), "")}
    assert output_amplitude(counted, choices) == 0.5 and output_amplitude(counted.integrated(), choices) == 1.0
    assert input_amplitude(None) == 1.0 and input_amplitude(255) == 1 / 255
    assert isinstance(adding_up().neuron, Integrator)


def test_numbers_of_records() -> None:
    assert number(np.asarray(0.5)) == 0.5 and number(np.ones(3)).dtype == np.float32  # type: ignore[union-attr]
    assert initial_potential(np.asarray(3.0), "half") == 1.5 and initial_potential(np.ones(2), "zero") == 0.0


def test_samples_outside_the_unit_range_are_refused() -> None:
    check_unit_range(torch.tensor([0.0, 1.0]))
    for wrong in (-0.1, 1.1):
        with pytest.raises(InvalidInput, match="or the standardisation inside the model"):
            check_unit_range(torch.tensor([0.5, wrong]))


def test_a_recipe_gives_every_hidden_unit_a_choice() -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2), nn.ReLU())
    with torch.no_grad():
        for value in model.parameters():
            value.abs_()
    plan = plan_for(model, 3)
    coding = Rate(4, calibration=None).coding(plan, torch.rand(8, 3))
    assert set(coding.choices) == {unit.name for unit in plan.hidden}
