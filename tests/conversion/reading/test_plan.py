"""What a plan knows of its units."""

from torch import nn

from tests.conversion.reading.helpers import plan_for


def test_units_gates_and_readers() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.LeakyReLU(0.5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3))
    plan = plan_for(model, 1, 6, 6)
    assert [unit.name for unit in plan.hidden] == ["_0"] and [unit.name for unit in plan.gates] == ["_2"]
    assert plan.hidden[0].signed and plan.gates[0].gate and plan.output.adds_up
    assert plan.shapes == {"input": (1, 6, 6), "_0": (2, 4, 4), "_2": (2, 2, 2), "_4": (3,)}
    assert [term.source for term in plan.readers("_2")] == ["_2"] and not plan.readers("_4")


def test_an_output_that_fires_can_be_added_up() -> None:
    plan = plan_for(nn.Sequential(nn.Linear(3, 2), nn.ReLU()), 3)
    added = plan.integrated()
    assert not plan.output.adds_up and added.output.adds_up and added.output.name == "_0_values"
    assert added.integrated() is added and added.hidden == plan.hidden
