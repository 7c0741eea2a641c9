"""Errors of populations, gathered run by run."""

import torch

from spikewright.conversion import Rate, convert
from spikewright.conversion.diagnosis.populations import RECORDS, PopulationTallies, bytes_of_sample
from spikewright.conversion.forward import activations
from spikewright.conversion.reading.model import plan_of
from spikewright.snn import simulate
from tests.conversion.architectures import CASES, build, images


def test_every_population_is_held_against_its_unit() -> None:
    case = CASES["residual"]
    model, x = build(case), images(case, 6)
    plan, network = plan_of(model, x), convert(model, x, Rate(9), judge=False)
    tallies = PopulationTallies(plan, network, len(x))
    with torch.no_grad():
        values = {name: value.flatten(1).numpy() for name, value in activations(plan, x).items()}
    tallies.take(values, simulate(network, x, record=RECORDS))
    layers = tallies.layers()
    assert [layer.population for layer in layers] == [p.name for p in network.order[1:]]
    for layer in layers:
        parts = sum(part.contribution for part in layer.parts.values())
        assert abs(parts - layer.error) <= 1e-6 * layer.scale


def test_bytes_grow_with_neurons_and_steps() -> None:
    case = CASES["mlp"]
    model, x = build(case), images(case, 6)
    one, two = (convert(model, x, Rate(steps, calibration=None), judge=False) for steps in (4, 8))
    assert bytes_of_sample(two) == 2 * bytes_of_sample(one) == 2 * 6 * 4 * sum(p.size for p in one.populations)
